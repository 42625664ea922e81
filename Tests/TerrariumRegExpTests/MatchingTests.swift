import Testing

@Suite struct MatchingTests {
    @Test func literals() throws {
        #expect(try exec("abc", "", "xxabcxx") == ["abc"])
        #expect(try exec("abc", "", "xxabxx") == nil)
    }
}
