/// How wide the columns of a table are.
enum ColumnWidths {
    /// Columns that need less than an equal share keep what they need; the others share the rest
    /// equally. What is left over goes to all alike. The sum is `available`.
    ///
    /// - Parameter natural: what each column would take with no line broken.
    static func fitting(_ natural: [Double], into available: Double) -> [Double] {
        guard !natural.isEmpty else { return [] }
        let total = natural.reduce(0, +)
        if total <= available {
            let more = (available - total) / Double(natural.count)
            return natural.map { $0 + more }
        }
        var widths = natural
        var wide = Set(natural.indices)
        var left = available
        while true {
            let share = left / Double(wide.count)
            let modest = wide.filter { natural[$0] < share }
            guard !modest.isEmpty else {
                for column in wide { widths[column] = share }
                return widths
            }
            for column in modest { left -= natural[column] }
            wide.subtract(modest)
        }
    }
}
