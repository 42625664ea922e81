/// What `throwError` throws: field x. `%s` is the name constant in field c.
public enum ErrorSelector: UInt8, Sendable, CaseIterable {
    /// TypeError: Assignment to constant variable.
    case constantAssignment
    /// ReferenceError: Cannot access '%s' before initialization
    case deadZone
    /// ReferenceError: Super constructor may only be called once
    case superCalledTwice
    /// ReferenceError: Unsupported reference to 'super'
    case superDeletion
    /// ReferenceError: Invalid left-hand side in assignment
    case invalidAssignmentTarget
    /// TypeError: The iterator does not provide a 'throw' method
    case missingThrowMethod
    /// SyntaxError: Identifier '%s' has already been declared (var of a sloppy direct eval)
    case redeclaration
    /// ReferenceError: %s is not defined (a binding of an object environment that has gone)
    case notDefined
    /// RangeError: %s (a function that does not fit the instruction format)
    case tooLarge
}

/// Message of `requireObject`: field x. `%s` is the value.
public enum ObjectRequirement: UInt8, Sendable, CaseIterable {
    /// TypeError: Iterator result %s is not an object
    case iteratorResult
    /// TypeError: Result of the Symbol.iterator method is not an object
    case iterator
    /// TypeError: Result of the Symbol.asyncIterator method is not an object
    case asyncIterator
    /// TypeError: %s is not an object (result of an iterator's return or throw method)
    case methodResult
}

/// Message of `requireCallable`: field x. The quoted expression is in `CodeTemplate.expressions`.
public enum CallableRequirement: UInt8, Sendable, CaseIterable {
    /// TypeError: e is not iterable
    case iterable
    /// TypeError: e is not async iterable
    case asyncIterable
    /// TypeError: e is not a function
    case function
}
