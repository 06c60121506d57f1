extension Int64 {
    /// The sum of two amounts in minor units that is only compared or shown: one beyond what the
    /// type holds is its largest (or smallest) value.
    public func addingSaturated(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        guard overflow else { return sum }
        return other > 0 ? .max : .min
    }
}
