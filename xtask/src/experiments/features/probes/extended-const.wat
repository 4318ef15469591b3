;; computes the first value of a global
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (global $sum i32 (i32.add (i32.const 30) (i32.mul (i32.const 1) (i32.const 3))))
  (func $probe (result i32)
    (global.get $sum))
  (func (export "_start")
    ;; control: (call $exit (i32.const 42))
    (if (i32.ne (call $probe) (i32.const 33)) (then (call $exit (i32.const 42))))))
