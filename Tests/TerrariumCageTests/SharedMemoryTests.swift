#if os(Linux)
import TerrariumCage
import Testing

/// Blocks that several cages have at once.
struct SharedMemoryTests {
    private func pages(_ count: Int) -> UInt32 { UInt32(count * Cage.pageSize) }

    @Test func twoCagesSeeOneBlock() throws {
        let first = try #require(CageReservation(sizeLog2: 24)), second = try #require(CageReservation(sizeLog2: 24))
        let memory = try #require(SharedMemory(limit: 1 << 20))
        let block = try #require(memory.makeBlock(length: 8, capacity: 8))
        #expect(first.cage.map(block, at: pages(4)))
        #expect(second.cage.map(block, at: pages(9)))
        first.cage.store64(pages(4), 0, 0x1234)
        #expect(second.cage.load64(pages(9)) == 0x1234)
        #expect(second.cage.atomicModify(pages(9), size: 4) { $0 + 1 } == 0x1234)
        #expect(first.cage.load32(pages(4)) == 0x1235)
        #expect(first.cage.load64(pages(5)) == 0)
    }

    @Test func pagesArePrivateAgainAfterwards() throws {
        let first = try #require(CageReservation(sizeLog2: 24)), second = try #require(CageReservation(sizeLog2: 24))
        let memory = try #require(SharedMemory(limit: 1 << 20))
        let block = try #require(memory.makeBlock(length: 8, capacity: 8))
        #expect(first.cage.map(block, at: pages(4)))
        #expect(second.cage.map(block, at: pages(4)))
        first.cage.store64(pages(4), 0, 7)
        #expect(first.cage.unmap(pages(3), count: 3 * Cage.pageSize))
        #expect(first.cage.load64(pages(4)) == 0)
        first.cage.store64(pages(4), 0, 9)
        #expect(second.cage.load64(pages(4)) == 7)
    }

    @Test func blocksStayInsideTheCage() throws {
        let cage = try #require(CageReservation(sizeLog2: 20)).cage
        let memory = try #require(SharedMemory(limit: 4 << 20))
        let block = try #require(memory.makeBlock(length: 0, capacity: 2 * Cage.pageSize))
        #expect(!cage.map(block, at: UInt32(cage.size - Cage.pageSize)))
        #expect(!cage.map(block, at: 8))
        #expect(memory.makeBlock(length: 0, capacity: 5 << 20) == nil)
    }

    @Test func whatIsReusedIsZero() throws {
        let reservation = try #require(CageReservation(sizeLog2: 24))
        let memory = try #require(SharedMemory(limit: Cage.pageSize))
        for round in 0..<3 {
            let block = try #require(memory.makeBlock(length: 1, capacity: 1))
            #expect(memory.makeBlock(length: 1, capacity: 1) == nil)
            #expect(reservation.cage.map(block, at: pages(2)))
            #expect(reservation.cage.load8(pages(2)) == 0)
            reservation.cage.store8(pages(2), 0, UInt8(round + 1))
            #expect(reservation.cage.unmap(pages(2), count: Cage.pageSize))
        }
    }

    @Test func blocksOnlyGrow() throws {
        let memory = try #require(SharedMemory(limit: 1 << 20))
        let block = try #require(memory.makeBlock(length: 4, capacity: 16))
        #expect(block.grow(to: 8))
        #expect(!block.grow(to: 7))
        #expect(!block.grow(to: 17))
        #expect(block.length == 8)
    }

    @Test func waitersAreWokenInOrder() {
        let table = WaiterTable()
        let first = Waiter(), second = Waiter(), other = Waiter()
        #expect(table.join(first, at: 0) { true })
        #expect(table.join(second, at: 0) { true })
        #expect(table.join(other, at: 4) { true })
        #expect(!table.join(Waiter(), at: 0) { false })
        #expect(table.notify(at: 0, count: 1) == 1)
        #expect(first.isNotified && !second.isNotified)
        #expect(!table.leave(first, at: 0))
        #expect(table.leave(second, at: 0))
        #expect(table.notify(at: 0, count: .max) == 0)
        #expect(table.notify(at: 4, count: .max) == 1)
    }
}
#endif
