extension Money {
    /// A small whole number of yuan, for the built-in tables.
    init(yuan: Int32) {
        minorUnits = Int64(yuan) * 100
        currency = "CNY"
    }
}
