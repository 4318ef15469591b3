;; adds two numbers of 128 bits
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func $probe (result i32)
    (local $high i64)
    (i64.add128 (i64.const -1) (i64.const 2) (i64.const 1) (i64.const 30))
    (local.set $high)
    (i64.eqz)
    (i32.mul (i32.wrap_i64 (local.get $high))))
  (func (export "_start")
    ;; control: (call $exit (i32.const 42))
    (if (i32.ne (call $probe) (i32.const 33)) (then (call $exit (i32.const 42))))))
