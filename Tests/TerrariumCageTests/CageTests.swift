import TerrariumCage
import Testing

struct CageTests {
    @Test func freshMemoryReadsAsZero() throws {
        let reservation = try #require(CageReservation(sizeLog2: 24))
        #expect(reservation.cage.load64(0) == 0)
        #expect(reservation.cage.load64(.max, .max) == 0)
    }

    @Test func everyOffsetStaysInTheReservation() throws {
        let reservation = try #require(CageReservation(sizeLog2: 20))
        let cage = reservation.cage
        var offset: UInt32 = 1
        for _ in 0..<10_000 {
            offset = offset &* 1_664_525 &+ 1_013_904_223
            cage.store64(offset, UInt16(truncatingIfNeeded: offset >> 8), 0x0123_4567_89AB_CDEF)
            #expect(cage.load64(offset, UInt16(truncatingIfNeeded: offset >> 8)) == 0x0123_4567_89AB_CDEF)
            let window = cage.window(at: offset)
            window[UInt16(truncatingIfNeeded: offset)] = UInt64(offset)
            #expect(window[UInt16(truncatingIfNeeded: offset)] == UInt64(offset))
        }
    }

    @Test func offsetsWrapAtThePowerOfTwo() throws {
        let reservation = try #require(CageReservation(sizeLog2: 20))
        reservation.cage.store64(64, 0, 7)
        #expect(reservation.cage.load64(64 + 1 << 20) == 7)
    }

    @Test func bulkRangesAreCutAtTheEnd() throws {
        let reservation = try #require(CageReservation(sizeLog2: 20))
        let cage = reservation.cage
        cage.copy(from: 0, to: (1 << 20) - 8, count: 1 << 30)
        cage.zero((1 << 20) - 8, count: 1 << 40)
        #expect(cage.bytes(at: (1 << 20) - 4, count: 100).count == 4)
        #expect(cage.equal(0, (1 << 20) - 4, count: 100) == false)
    }

    @Test func decommittedPagesReadAsZero() throws {
        let reservation = try #require(CageReservation(sizeLog2: 20))
        reservation.cage.store64(8192, 0, 1)
        reservation.cage.decommit(8192, count: 8192)
        #expect(reservation.cage.load64(8192) == 0)
    }

    @Test func cagesOfOneImageDoNotSeeEachOther() throws {
        let first = try #require(CageReservation(sizeLog2: 22))
        first.cage.store64(16_384, 0, 1)
        first.cage.store64(1 << 21, 0, 2)
        let ranges: [Range<UInt32>] = [16_384..<24_576, (1 << 21)..<(1 << 21) + 8]
        let image = try #require(CageImage(copying: first.cage, ranges: ranges))
        let second = try #require(CageReservation(sizeLog2: 22, image: image))
        second.cage.store64(16_384, 0, 3)
        let third = try #require(CageReservation(sizeLog2: 22, image: image))
        #expect(third.cage.load64(16_384) == 1)
        #expect(third.cage.load64(1 << 21) == 2)
        #expect(third.cage.load64(8192) == 0)
        #expect(image.contents(1) == [2, 0, 0, 0, 0, 0, 0, 0])
        #expect(CageReservation(sizeLog2: 20, image: image) == nil)
    }

    @Test func sizesOutOfRangeAreRefused() {
        #expect(CageReservation(sizeLog2: 19) == nil)
        #expect(CageReservation(sizeLog2: 33) == nil)
    }
}
