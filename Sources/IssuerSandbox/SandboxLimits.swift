/// How much the sandbox takes and gives. It is a tool for tests, so a runaway test must meet a
/// clear refusal instead of a machine out of memory.
enum SandboxLimits {
    /// Bytes of one question to an issuer; a real voucher server refuses far less.
    static let questionBytes = 64 << 10
    /// Bytes of one control request: ten thousand scripted codes fit.
    static let controlBytes = 4 << 20
    /// Codes scripted in one control request.
    static let scriptsPerRequest = 10_000
    /// Codes scripted in all; the next one is refused.
    static let scripts = 200_000
    /// Codes whose asks are remembered, for answers that depend on the first ask.
    static let rememberedCodes = 200_000
    /// Switches set at one time.
    static let faultSwitches = 64
    /// Symbols of a code, a serial number or a name in a control request.
    static let symbols = 512
    /// Attributes of one scripted code.
    static let attributes = 16
    /// Symbols of one word of a fault switch or of a moment.
    static let wordSymbols = 64
    /// The longest that an answer is held back, by latency or by silence.
    static let longestWait: Duration = .seconds(600)
    /// Elements, attributes and texts in one XML document.
    static let xmlParts = 4096
    /// Levels of nesting in one XML document.
    static let xmlDepth = 24
    /// Bytes that an oversized answer sends before it ends.
    static let oversizedBytes = 64 << 20
    /// Symbols of the address that a callback goes to.
    static let addressSymbols = 2048
    /// Callbacks that wait to be sent; further ones are dropped.
    static let waitingCallbacks = 100_000
    /// The longest that a callback waits for its answer.
    static let callbackPatience: Duration = .seconds(10)
    /// Bytes of an answer to a callback.
    static let callbackAnswerBytes = 64 << 10
    /// Orders that are remembered; the next one is refused.
    static let orders = 200_000
}
