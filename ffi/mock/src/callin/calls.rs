//! Methods and properties, and the counts of objects.
#![allow(non_snake_case)]

use super::abi::code;
use super::errors;
use super::gate;
use super::raise::{Outcome, Raise};
use super::value::{MethodName, Target, Value};
use crate::contract::{CLASS, missing_class, missing_method};
use crate::process::Process;
use std::ffi::{c_int, c_uint};

/// Runs the class method below `count` arguments and pushes its result if that was asked for. 0,
/// −4, −7, −12 without such a reference, 40, 120, 122.
#[unsafe(no_mangle)]
pub extern "C" fn IrisInvokeClassMethod(count: c_int) -> c_int {
    gate::run("IrisInvokeClassMethod", |process| {
        let (target, arguments) = process.take(count)?;
        let outcome = class_method(process, &target, arguments.len());
        process.release(&arguments);
        process.stack.give_back(arguments);
        push_result(process, outcome?)
    })
}

/// The result, and whether it was asked for.
type Returned = (Value, bool);

fn push_result(process: &mut Process, (value, returns): Returned) -> Outcome {
    if returns {
        return process.push(value);
    }
    process.release(std::slice::from_ref(&value));
    Ok(())
}

fn class_method(process: &mut Process, target: &Target, count: usize) -> Outcome<Returned> {
    process.check_interrupt()?;
    let Target::ClassMethod { class, method, returns } = target else {
        return Err(Raise::Interface(code::BAD_ARGUMENT));
    };
    if &**class != CLASS || !process.environment.has_package {
        return Err(missing_class(class));
    }
    if &**method != "%New" {
        return Err(missing_method(class, method));
    }
    if count > 0 {
        return Err(Raise::error(errors::PARAMETER, &format!("%New^{CLASS}.1")));
    }
    Ok((Value::Oref(process.objects.create()), *returns))
}

/// Runs the method below `count` arguments, as [`IrisInvokeClassMethod`]. 0, −4, −7, −12, 40, 119,
/// 120, 122.
#[unsafe(no_mangle)]
pub extern "C" fn IrisInvokeMethod(count: c_int) -> c_int {
    gate::run("IrisInvokeMethod", |process| {
        let (target, arguments) = process.take(count)?;
        let outcome = method(process, &target, &arguments);
        process.release(&arguments);
        process.stack.give_back(arguments);
        push_result(process, outcome?)
    })
}

fn method(process: &mut Process, target: &Target, arguments: &[Value]) -> Outcome<Returned> {
    let Target::Method { oref, method, returns } = target else {
        return Err(Raise::Interface(code::BAD_ARGUMENT));
    };
    let session = process.objects.get(*oref)?;
    match method {
        MethodName::Contract(method) => {
            let answer = session.call(*method, &mut process.environment, arguments)?;
            Ok((answer, *returns))
        }
        MethodName::Other(method) => {
            process.check_interrupt()?;
            Err(missing_method(CLASS, method))
        }
    }
}

/// The class has no property that may be seen from outside.
fn property(process: &mut Process, count: c_int) -> Outcome {
    let (target, arguments) = process.take(count)?;
    process.release(&arguments);
    process.stack.give_back(arguments);
    process.check_interrupt()?;
    let Target::Property { oref, name } = target else {
        return Err(Raise::Interface(code::BAD_ARGUMENT));
    };
    process.objects.get(oref)?;
    Err(Raise::error(errors::NO_PROPERTY, &format!(" *{name},{CLASS}")))
}

/// Pushes the value of the property on top. −4, −7, −12, 119, 121.
#[unsafe(no_mangle)]
pub extern "C" fn IrisGetProperty() -> c_int {
    gate::run("IrisGetProperty", |process| property(process, 0))
}

/// Sets the property below the value on top. −4, −7, −12, 119, 121.
#[unsafe(no_mangle)]
pub extern "C" fn IrisSetProperty() -> c_int {
    gate::run("IrisSetProperty", |process| property(process, 1))
}

/// One more count of an object. 0, 119.
#[unsafe(no_mangle)]
pub extern "C" fn IrisIncrementCountOref(oref: c_uint) -> c_int {
    gate::enter("IrisIncrementCountOref", |process| process.objects.count(oref))
}

/// One count less of an object, which goes with its last. 0, 119.
#[unsafe(no_mangle)]
pub extern "C" fn IrisCloseOref(oref: c_uint) -> c_int {
    gate::enter("IrisCloseOref", |process| process.objects.close(oref))
}
