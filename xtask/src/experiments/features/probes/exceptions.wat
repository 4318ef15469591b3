;; throws, catches exnref and value
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (tag $thrown (param i32))
  (func $thrower
    (throw $thrown (i32.const 33)))
  (func $probe (result i32)
    (block $caught (result i32 exnref)
      (try_table (catch_ref $thrown $caught) (call $thrower))
      (return (i32.const 0)))
    (drop))
  (func (export "_start")
    ;; control: (call $exit (i32.const 42))
    (if (i32.ne (call $probe) (i32.const 33)) (then (call $exit (i32.const 42))))))
