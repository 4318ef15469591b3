;; multiplies and adds four lanes
;; Rounded once or twice, the result is the same.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func $probe (result i32)
    (i32.trunc_f32_s (f32x4.extract_lane 2
      (f32x4.relaxed_madd (v128.const f32x4 1 2 5 4) (v128.const f32x4 1 2 6 4) (v128.const f32x4 1 2 3 4)))))
  (func (export "_start")
    ;; control: (call $exit (i32.const 42))
    (if (i32.ne (call $probe) (i32.const 33)) (then (call $exit (i32.const 42))))))
