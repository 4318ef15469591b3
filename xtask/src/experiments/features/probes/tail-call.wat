;; calls itself a million times, as its last act
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func $count (param $left i32) (param $sum i32) (result i32)
    (if (i32.eqz (local.get $left)) (then (return (local.get $sum))))
    (return_call $count
      (i32.sub (local.get $left) (i32.const 1))
      (i32.add (local.get $sum) (i32.const 33))))
  (func $probe (result i32)
    (i32.div_u (call $count (i32.const 1000000) (i32.const 0)) (i32.const 1000000)))
  (func (export "_start")
    ;; control: (call $exit (i32.const 42))
    (if (i32.ne (call $probe) (i32.const 33)) (then (call $exit (i32.const 42))))))
