/// Quantifiers.
extension RegExpCodeGenerator {
    mutating func emitLoop(_ node: RegExpNodeID, _ follow: Follow, isBackward: Bool) {
        guard case .loop(let child, let minimum, let maximum, let isGreedy, let captures) = tree.node(node) else {
            return
        }
        if !isBackward, let matcher = singleMatcher(child) {
            let isPossessive = emitSimpleLoop(matcher, tree.summary(child).first, minimum, maximum, isGreedy, follow)
            if isPossessive, node == leadingLoop, maximum == RegExpTree.unbounded, minimum <= 1, matcher.isOneUnit {
                // From any later start in what it has taken the loop ends here too, and what follows it fails again.
                emit(.skipSearch, UInt32(truncatingIfNeeded: searchPlace))
            }
            return
        }
        let summary = tree.summary(child)
        let isNullable = summary.minimumLength == 0
        var shape = Loop.Shape.counted
        if minimum == 0 && maximum == 1 { shape = .optional }
        if minimum == 0 && maximum == RegExpTree.unbounded { shape = .star }
        if minimum == 1 && maximum == RegExpTree.unbounded && !isNullable { shape = .plus }
        // Where the next unit decides, a lazy loop does the same as a greedy one.
        let isDecided = !isBackward && !isGreedy && shape != .counted && !summary.first.isTransparent
            && summary.first.isDisjoint(with: follow.first)
        var loop = Loop(
            shape: shape, isGreedy: isGreedy || isDecided, minimum: minimum,
            first: isBackward ? .everything : summary.first, follow: follow, isBackward: isBackward,
            hasCaptures: !captures.isEmpty)
        if shape == .counted {
            loop.counter = newRegisters(1)
            emit(.zero, loop.counter)
        }
        loop.head = words.count
        emitLoopHead(&loop, minimum, maximum)
        if !captures.isEmpty && maximum > 1 {
            emit(
                .clear, UInt32(truncatingIfNeeded: captures.lowerBound &* 2),
                UInt32(truncatingIfNeeded: captures.count &* 2))
        }
        if isNullable {
            let mark = newRegisters(1)
            loop.mark = mark
            emit(.save, mark)
        }
        tasks.append(.loopEnd(loop))
        if isBackward {
            tasks.append(.backwardNode(child))
            return
        }
        var inner = follow
        inner.isWordBoundary = false
        inner.isPeeked = false
        if isNullable { inner.accepts = false }
        if shape != .optional {
            inner.repeats = shape != .counted && loop.isGreedy && !isNullable && loop.first.isDisjoint(with: follow.first)
            inner.accepts = false
            inner.first = summary.first
            inner.first.isTransparent = false
            inner.first.formUnion(follow.first)
        }
        tasks.append(.node(child, inner))
    }

    /// Emits the decision between an iteration and the exit.
    private mutating func emitLoopHead(_ loop: inout Loop, _ minimum: UInt32, _ maximum: UInt32) {
        switch loop.shape {
        case .plus: break
        case .counted:
            let place = emit(loop.isGreedy ? .repeatGreedy : .repeatLazy, loop.counter, minimum, maximum, 0)
            loop.exits.append(JumpUse(instruction: place, operand: 3))
            if !loop.isGreedy { emit(.countIteration, loop.counter) }
        case .optional, .star:
            if !loop.isGreedy {
                loop.exits.append(JumpUse(instruction: emit(.splitJump), operand: 0))
                return
            }
            let isDecisive = emitIterationPeek(&loop)
            if !isDecisive { loop.exits.append(JumpUse(instruction: emit(.split), operand: 0)) }
        }
    }

    /// Leaves the loop when the next unit rules an iteration out.
    /// - Returns: whether it otherwise rules out what follows the loop.
    private mutating func emitIterationPeek(_ loop: inout Loop) -> Bool {
        let isDecisive = loop.first.isDisjoint(with: loop.follow.first)
        if !loop.first.isTransparent && (isDecisive || loop.first.isSelective) {
            loop.exits.append(emitPeek(loop.first))
        }
        return isDecisive
    }

    mutating func endLoop(_ finished: Loop) {
        var loop = finished
        let head = UInt32(truncatingIfNeeded: loop.head)
        if let mark = loop.mark {
            if loop.shape == .counted {
                emit(
                    .checkProgressCounted, mark, loop.counter | (loop.hasCaptures ? 0 : RegExpLayout.skipsEmptyBit), loop.minimum)
            } else {
                emit(.checkProgress, mark)
            }
        }
        switch loop.shape {
        case .optional: break
        case .star, .counted: emit(.jump, head)
        case .plus:
            if !loop.isGreedy {
                emit(.split, head)
            } else {
                emit(emitIterationPeek(&loop) ? .jump : .splitJump, head)
            }
        }
        for exit in loop.exits { setTarget(exit) }
    }

    // MARK: Loops over single characters

    /// - Returns: whether it never gives anything back, though what follows may fail.
    private mutating func emitSimpleLoop(
        _ matcher: SingleMatcher, _ first: FirstSet, _ minimum: UInt32, _ maximum: UInt32, _ isGreedy: Bool,
        _ follow: Follow
    ) -> Bool {
        if !isGreedy && follow.accepts {
            if minimum > 0 { emitLoopInstruction(.loopPossessive, matcher, minimum, minimum) }
            return false
        }
        if follow.accepts || minimum == maximum || first.isDisjoint(with: follow.first)
            || isStoppedByWordBoundary(matcher, minimum, follow)
        {
            emitLoopInstruction(.loopPossessive, matcher, minimum, maximum)
            return !follow.accepts
        }
        let place = emitLoopInstruction(isGreedy ? .loopGreedy : .loopLazy, matcher, minimum, maximum)
        if follow.first.isSelective {
            if let unit = follow.first.singleUnit {
                words.append(RegExpLayout.unitFilterBit | unit)
            } else {
                words.append(follow.first.end ? RegExpLayout.endBit : 0)
                classes.use(follow.first, at: words.count &- 1, isOperand: false)
            }
        } else {
            words.append(RegExpLayout.noFilter)
        }
        emit(isGreedy ? .loopGreedyRetry : .loopLazyRetry, UInt32(truncatingIfNeeded: words.count &- place))
        return false
    }

    @discardableResult
    mutating func emitLoopInstruction(
        _ opcode: RegExpOpcode, _ matcher: SingleMatcher, _ minimum: UInt32, _ maximum: UInt32
    ) -> Int {
        let place = emit(opcode, matcher.kind.rawValue, matcher.unit, minimum, maximum)
        if matcher.kind == .set || matcher.kind == .setUnicode {
            classes.use(matcher.set, at: place &+ 1, isOperand: false)
        }
        return place
    }

    /// `\w+\b`: between two word characters there is no boundary, so giving one back never helps.
    private func isStoppedByWordBoundary(_ matcher: SingleMatcher, _ minimum: UInt32, _ follow: Follow) -> Bool {
        guard follow.isWordBoundary, minimum >= 1 else { return false }
        switch matcher.kind {
        case .character: return CharacterSet.words.contains(matcher.unit)
        case .set: return matcher.set.subtracting(.words).isEmpty
        default: return false
        }
    }
}
