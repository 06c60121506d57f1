extension Array {
    /// At most `limit` matching rows behind the one that the cursor names; from the first when
    /// there is no such row.
    func page<ID: Equatable>(
        after cursor: ID?,
        by id: KeyPath<Element, ID>,
        limit: Int,
        where matches: (Element) -> Bool
    ) -> [Element] {
        let seen = cursor.flatMap { cursor in firstIndex { $0[keyPath: id] == cursor } } ?? -1
        return Array(dropFirst(seen + 1).filter(matches).prefix(limit))
    }
}
