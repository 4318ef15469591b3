;; has pages of one byte
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 33 (pagesize 1))
  (func $probe (result i32)
    (i32.store8 (i32.const 32) (i32.const 1))
    (memory.size))
  (func (export "_start")
    ;; control: (call $exit (i32.const 42))
    (if (i32.ne (call $probe) (i32.const 33)) (then (call $exit (i32.const 42))))))
