import TerrariumCage

/// Proper tail calls (ECMA-262 §15.10), made late: a call in tail position of strict code pushes a frame like any other, so
/// that it costs nothing and stack traces stay whole. Only when there is no room for another frame, the frames that wait for
/// nothing but the result of their call are taken out of the stack, and the others move together.
extension Machine {
    /// Makes room on the stack of the running activation.
    /// - Parameters:
    ///   - callee: a frame that is built and not yet entered; its link is written.
    ///   - top: where its registers end that are written.
    /// - Returns: where the callee's frame is now; nil when no frame could be taken out.
    func dropTailCallers(of callee: UInt32, top: UInt32) throws(Thrown) -> UInt32? {
        // From the frame that the interpreter was entered for to the callee.
        var frames = [callee]
        var current = callee
        while cage.load64(current, 8) & Link.entry == 0 {
            let caller = current &- (UInt32(truncatingIfNeeded: cage.load64(current, 8) >> 32) & 0xFFFF) &* 8
            guard caller < current, caller >= stackStart else { throw terminate(.corrupted) }
            frames.append(caller)
            current = caller
        }
        frames.reverse()
        try charge(frames.count / 4 &+ 1)
        var dropped = 0
        var position = frames.count > 1 ? frames[1] : callee
        var link: UInt64? = nil
        for (index, frame) in frames.enumerated().dropFirst() {
            let isLast = index == frames.count &- 1
            let own = cage.load64(frame, 8)
            if !isLast, waitsForNothingElse(frame, callee: frames[index &+ 1]) {
                dropped &+= 1
                if link == nil { link = own }
                continue
            }
            guard dropped > 0 else {
                position = isLast ? top : frames[index &+ 1]
                continue
            }
            // Returns to where the first of the dropped frames would have returned.
            let count = own & 0xFFFF_0000_0000_0000
            let size = (isLast ? top : frames[index &+ 1]) &- frame
            cage.copy(from: frame, to: position, count: Int(size))
            cage.store64(position, 8, link.map { $0 & 0x0000_FFFF_FFFF_FFFF | count } ?? own)
            link = nil
            if isLast {
                cells[Cell.frameDepth] &+= Int64(dropped)
                let caller = cage.load64(position, 8)
                let target = Int64(UInt32(truncatingIfNeeded: caller) & ~7)
                cells[Cell.limit] = cells[Cell.limit] &+ target &- cells[Cell.pc]
                cells[Cell.pc] = target
                cells[Cell.fp] = Int64(position &- (UInt32(truncatingIfNeeded: caller >> 32) & 0xFFFF) &* 8)
                return position
            }
            position = position &+ size
        }
        return nil
    }

    /// A frame of strict code, called by a plain call, that will only return what the callee's frame returns.
    private func waitsForNothingElse(_ frame: UInt32, callee: UInt32) -> Bool {
        let link = cage.load64(callee, 8)
        guard cage.load64(frame, 8) & Link.mask == 0, link & Link.mask == 0 else { return false }
        let function = UInt32(truncatingIfNeeded: cage.load64(frame))
        let code = cage.load32(function, Layout.functionCode)
        let flags = CodeFlags(rawValue: cage.load32(code, Layout.codeFlags))
        guard flags.contains(.strict), flags.isDisjoint(with: [.generator, .async, .topLevel]) else { return false }
        let start = code &+ UInt32(Layout.codeWords) &+ cage.load32(code, Layout.codeConstantCount) &* 8
        var pc = UInt32(truncatingIfNeeded: link) & ~7
        let call = cage.load64(pc &- 8)
        // No handler may see what the callee throws.
        let word = (pc &- 8 &- start) / 8
        let handlers = cage.load32(code, Layout.codeHandlers)
        for index in 0..<min(cage.load32(code, Layout.codeHandlerCount), 65_536) {
            let entry = handlers &+ 16 &+ index &* 16
            if word >= cage.load32(entry), word < cage.load32(entry, 4) { return false }
        }
        // Conditional and logical expressions jump to the return.
        for _ in 0..<8 {
            let next = cage.load64(pc)
            switch decodeByte(UInt8(truncatingIfNeeded: next), as: Opcode.self) {
            case .return: return next.fieldA == call.fieldA
            case .jump: pc = pc &+ 8 &+ UInt32(bitPattern: next.immediate)
            default: return false
            }
        }
        return false
    }
}
