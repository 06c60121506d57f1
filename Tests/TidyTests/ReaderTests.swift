import Testing

/// The tidy tests read Swift by eye; these show that they see.
@Suite("Reading Swift") struct ReaderTests {
    @Test(
        "comments and strings are blanked, code and line breaks stay",
        arguments: [
            ("a // b", "a     "), ("a /* b /* c */ d */ e", "a                   e"),
            (#"f("x") + y"#, #"f(" ") + y"#), (#"f("a\"b", c)"#, #"f("    ", c)"#),
            (##"f(#"a"b"#, c)"##, ##"f( "   " , c)"##),
        ]
    )
    func blanking(text: String, wanted: String) {
        #expect(SwiftText.blanked(text) == wanted)
    }

    @Test("code inside a string interpolation stays code")
    func interpolation() {
        let blanked = SwiftText.blanked(#"log("id \(UUID()) and \(name("x)")) end")"#)
        #expect(blanked.contains("UUID()"))
        #expect(blanked.contains("name("))
        #expect(!blanked.contains("end"))
    }

    @Test("the lines of a function are counted from its declaration to its last brace")
    func functions() {
        let text = """
            protocol P {
                func required() async throws -> Int
                init(x: Int)
            }
            struct S {
                init(
                    x: Int
                ) {
                    self.x = x
                }
                public static func long(body: () -> Void = {}) -> String
                where T: Equatable
                {
                    if x { y() }
                }
            }
            """
        let found = SwiftFunction.all(
            in: SwiftText.blanked(text).split(
                separator: "\n",
                omittingEmptySubsequences: false
            ).map(String.init)
        )
        #expect(
            found == [
                SwiftFunction(name: "init", line: 6, lineCount: 5),
                SwiftFunction(name: "long", line: 11, lineCount: 5),
            ]
        )
    }

    @Test("every spelling of an import is seen")
    func imports() {
        let file = SwiftFile(
            path: "Sources/X/A.swift",
            text: """
                import A
                public import B
                @preconcurrency import C
                @testable internal import D
                import struct E.Thing
                import F.Part
                // import G
                """
        )
        #expect(ImportTests.imports(of: file).map(\.1) == ["A", "B", "C", "D", "E", "F"])
    }
}
