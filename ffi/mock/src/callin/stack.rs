//! The value stack of a session (facts, callin §1.1 and §1.2).

use super::abi::code;
use super::errors;
use super::raise::{Outcome, Raise};
use super::value::{Target, Value};
use std::ffi::c_int;

/// Entries that the stack holds. UNVERIFIED(iris): that there is a limit is documented
/// (`<ARGSTACK>`), the number is not; this one is far beyond what one call can take.
pub(crate) const DEPTH: usize = 4_096;

/// The stack: references first, then arguments, then the value.
#[derive(Debug, Default)]
pub(crate) struct Stack {
    entries: Vec<Value>,
    /// Room for the arguments of an action, kept between actions.
    room: Vec<Value>,
}

impl Stack {
    /// Puts a value on top.
    ///
    /// # Errors
    /// `<ARGSTACK>` when the stack is full.
    pub(crate) fn push(&mut self, value: Value) -> Outcome {
        if self.entries.len() >= DEPTH {
            return Err(Raise::error(errors::ARGUMENT_STACK, ""));
        }
        self.entries.push(value);
        Ok(())
    }

    /// Takes the top value.
    ///
    /// # Errors
    /// −13 when the stack is empty.
    pub(crate) fn pop(&mut self) -> Outcome<Value> {
        self.entries.pop().ok_or(Raise::Interface(code::NO_RESULT))
    }

    /// The top value.
    pub(crate) fn top(&self) -> Option<&Value> {
        self.entries.last()
    }

    /// Number of entries.
    pub(crate) fn depth(&self) -> usize {
        self.entries.len()
    }

    /// Takes the inputs of an action: the reference that lies below `count` values. They are gone
    /// whatever becomes of the action; what lies below them stays. UNVERIFIED(iris): that an
    /// action drops its inputs when it fails (facts, callin §9, item 2).
    ///
    /// # Errors
    /// What was taken in vain, when the count is negative or no reference lies there.
    pub(crate) fn take(&mut self, count: c_int) -> Result<(Target, Vec<Value>), Vec<Value>> {
        let count = usize::try_from(count).map_err(|_| Vec::new())?;
        let Some(base) = self.entries.len().checked_sub(count) else {
            return Err(std::mem::take(&mut self.entries));
        };
        let mut arguments = std::mem::take(&mut self.room);
        arguments.extend(self.entries.drain(base..));
        match self.entries.pop() {
            Some(Value::Target(target)) => Ok((target, arguments)),
            other => {
                arguments.extend(other);
                Err(arguments)
            }
        }
    }

    /// Takes the room of arguments back that an action has done with.
    pub(crate) fn give_back(&mut self, mut arguments: Vec<Value>) {
        arguments.clear();
        self.room = arguments;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn property() -> Value {
        Value::Target(Target::Property { oref: 1, name: "P".into() })
    }

    #[test]
    fn an_action_takes_its_inputs_and_leaves_the_rest() {
        let mut stack = Stack::default();
        for value in [Value::Integer(7), property(), Value::Integer(8)] {
            stack.push(value).unwrap();
        }
        let (target, arguments) = stack.take(1).unwrap();
        assert_eq!(Value::Target(target), property());
        assert_eq!(arguments, [Value::Integer(8)]);
        assert_eq!(stack.pop(), Ok(Value::Integer(7)));
        assert_eq!(stack.pop(), Err(Raise::Interface(-13)));
    }

    #[test]
    fn an_action_without_its_reference_is_a_bad_argument() {
        let mut stack = Stack::default();
        assert_eq!(stack.take(0), Err(Vec::new()));
        assert_eq!(stack.take(-1), Err(Vec::new()));
        stack.push(Value::Integer(1)).unwrap();
        assert_eq!(stack.take(5), Err(vec![Value::Integer(1)]));
        assert_eq!(stack.depth(), 0);
    }

    #[test]
    fn a_full_stack_says_argstack() {
        let mut stack = Stack::default();
        for _ in 0..DEPTH {
            stack.push(Value::Undefined).unwrap();
        }
        assert_eq!(stack.push(Value::Undefined), Err(Raise::error(25, "")));
    }
}
