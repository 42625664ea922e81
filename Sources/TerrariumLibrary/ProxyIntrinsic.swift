import TerrariumEngine

/// Proxy (ECMA-262 §28.2).
extension RealmBuilder {
    func buildProxy() throws(Thrown) {
        let proxy = try function(
            Builtin("Proxy", 2) { (machine, call) throws(Thrown) in
                guard call.isConstruct else { throw machine.typeError("Constructor Proxy requires 'new'") }
                return try machine.makeProxy(call[0], call[1])
            }, isConstructor: true)
        setIntrinsic(.proxy, proxy)
        let revoke = machine.registerNative("", length: 0) { (machine, call) throws(Thrown) in
            let proxy = machine.nativeData(call, 0)
            if proxy.isObject {
                machine.setNativeData(call, 0, .null)
                machine.revokeProxy(proxy.offset)
            }
            return .undefined
        }
        try install(
            [Builtin("revocable", 2, price: 70) { (machine, call) throws(Thrown) in
                let proxy = try machine.makeProxy(call[0], call[1])
                let result = try machine.makeObject()
                try machine.createDataPropertyOrThrow(result.offset, machine.key("proxy"), proxy)
                try machine.createDataPropertyOrThrow(
                    result.offset, machine.key("revoke"), try machine.makeNativeClosure(revoke, data: [proxy]))
                return result
            }], on: proxy)
        try define(intrinsic(.global), "Proxy", Value(object: proxy))
    }
}
