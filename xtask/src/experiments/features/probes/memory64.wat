;; stores by addresses of 64 bits
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") i64 1)
  (func $probe (result i32)
    (i32.store (i64.const 8) (i32.const 33))
    (i32.load (i64.const 8)))
  (func (export "_start")
    ;; control: (call $exit (i32.const 42))
    (if (i32.ne (call $probe) (i32.const 33)) (then (call $exit (i32.const 42))))))
