;; adds four lanes at once
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func $probe (result i32)
    (i32x4.extract_lane 2
      (i32x4.add (v128.const i32x4 1 2 3 4) (v128.const i32x4 10 20 30 40))))
  (func (export "_start")
    ;; control: (call $exit (i32.const 42))
    (if (i32.ne (call $probe) (i32.const 33)) (then (call $exit (i32.const 42))))))
