;; calls by a typed reference
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (type $binary (func (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (elem declare func $add)
  (func $add (type $binary)
    (i32.add (local.get 0) (local.get 1)))
  (func $probe (result i32)
    (call_ref $binary (i32.const 30) (i32.const 3) (ref.func $add)))
  (func (export "_start")
    ;; control: (call $exit (i32.const 42))
    (if (i32.ne (call $probe) (i32.const 33)) (then (call $exit (i32.const 42))))))
