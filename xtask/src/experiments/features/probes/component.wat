;; is a component (wasip2) with another inside
(component
  (component $adder
    (core module $code
      (func (export "add") (param i32 i32) (result i32)
        (i32.add (local.get 0) (local.get 1))))
    (core instance $code (instantiate $code))
    (func (export "add") (param "a" u32) (param "b" u32) (result u32)
      (canon lift (core func $code "add"))))
  (instance $adder (instantiate $adder))
  (core func $add (canon lower (func $adder "add")))
  (core module $command
    (import "adder" "add" (func $probe (param i32 i32) (result i32)))
    (func (export "run") (result i32)
      ;; control: (return (i32.const 1))
      (i32.ne (call $probe (i32.const 30) (i32.const 3)) (i32.const 33))))
  (core instance $command
    (instantiate $command (with "adder" (instance (export "add" (func $add))))))
  (func $run (result (result))
    (canon lift (core func $command "run")))
  (instance $command (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $command)))
