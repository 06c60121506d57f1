/// The room where an issuer or carrier is described and asked.
///
/// The adapter contract, the manifest language, transcripts and their scrubbing, the registry and
/// the conformance cases (data that return findings). No sockets: the transport is a port that a
/// driver fills. No issuer is named here; each has a folder under `Adapters/`.
///
/// One protocol, one required verb. Self-description is data, so that a console, a scheduler and
/// the conformance cases can read it without calling anybody.
public protocol IssuerAdapter: Sendable {
    /// What the adapter can do, what that does to the code, and the limits it asks to be held to.
    var descriptor: AdapterDescriptor { get }

    /// Asks the issuer for the state of one code, without redeeming it.
    ///
    /// A state other than `indeterminate` needs an explicit, understood answer. An answer that
    /// came but was not understood is a result with state `indeterminate` and its cause; the
    /// thrown error says that no answer came at all. Neither ever counts against the seller.
    ///
    /// - Throws: `AdapterError` when nothing could be asked or no answer arrived.
    func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult
}

/// An adapter that asks nobody: it reads what stands on the card. So its word is there while the
/// notice is admitted, and no check waits for it.
public protocol LocalAdapter: IssuerAdapter {
    /// Judges the code by itself; pure.
    func read(_ inquiry: Inquiry) -> InquiryResult
}

extension LocalAdapter {
    public func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        read(inquiry)
    }
}
