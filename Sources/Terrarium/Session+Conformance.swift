internal import TerrariumEngine
internal import TerrariumLibrary
internal import TerrariumSyntax

extension Session {
    /// Installs the host object of test262.
    public func installTest262Host() -> Bool {
        do throws(Thrown) {
            try machine.installTest262Host(realm: realm)
            return true
        } catch {
            return false
        }
    }

    /// Name of the constructor of what the last run threw, without running guest code.
    public var thrownConstructorName: String? { lastThrownName }
}
