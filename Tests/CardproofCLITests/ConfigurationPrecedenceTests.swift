import AdapterKit
import CardModel
import Drivers
import Gateway
import Testing

@testable import CardproofCLI

@Suite("Where a value comes from")
struct ConfigurationPrecedenceTests {
    @Test("flags before environment before file before defaults")
    func precedence() throws {
        let folder = try ScratchFolder()
        let yaml = "listen: 127.0.0.1:1\n"
        let variable = ["CARDPROOF_LISTEN": "127.0.0.1:2"]
        func listen(_ loader: ConfigurationLoader) throws -> (String, String?) {
            let configuration = try loader.configuration()
            return (
                configuration.listen.description,
                configuration.sources.entry("listen")?.origin.replacing(folder.path, with: "")
            )
        }
        #expect(
            try listen(
                folder.loader(yaml, flags: ["listen": "127.0.0.1:3"], environment: variable)
            )
                == ("127.0.0.1:3", "--listen")
        )
        #expect(
            try listen(folder.loader(yaml, environment: variable))
                == ("127.0.0.1:2", "CARDPROOF_LISTEN")
        )
        #expect(try listen(folder.loader(yaml)) == ("127.0.0.1:1", "/cardproof.yaml:1"))
        #expect(try listen(folder.loader("data: x\n")) == ("127.0.0.1:8080", "default"))
    }

    @Test("every default is a value its own key accepts")
    func defaults() {
        for key in ConfigurationTable.keys {
            guard let text = key.defaultText else { continue }
            #expect(throws: Never.self) { _ = try key.content(ofWord: text, folder: "/") }
        }
    }

    @Test("every key has a variable and a sentence of its own")
    func table() {
        let keys = ConfigurationTable.keys
        #expect(Set(keys.map(\.environmentName)).count == keys.count)
        #expect(Set(keys.map(\.summary)).count == keys.count)
        #expect(keys.allSatisfy { $0.summary.hasSuffix(".") })
    }

    @Test("a relative path belongs to the folder of the file it stands in")
    func paths() throws {
        let folder = try ScratchFolder()
        let configuration = try folder.loader("data: store\n").configuration()
        #expect(configuration.dataFolder == folder.path + "/store")
    }

    @Test("the credential of systemd is the master key when none is named")
    func credential() throws {
        let folder = try ScratchFolder()
        let environment = ["CREDENTIALS_DIRECTORY": "/run/credentials/cardproof"]
        let implied = try folder.loader("data: x\n", environment: environment).configuration()
        #expect(implied.masterKey?.path == "/run/credentials/cardproof/master.key")
        let named = try folder.loader("keys: {master: k}\n", environment: environment)
            .configuration()
        #expect(named.masterKey?.path == folder.path + "/k")
    }

    @Test("lists in the environment are separated by commas")
    func lists() throws {
        let folder = try ScratchFolder()
        let configuration = try folder.loader(
            "data: x\n",
            environment: ["CARDPROOF_CHECKS_REASK": "1s, 2m"]
        ).configuration()
        #expect(configuration.reask.pauses == [.seconds(1), .seconds(120)])
    }

    @Test("a variable that is no key is found")
    func unknownVariable() throws {
        let folder = try ScratchFolder()
        let loader = try folder.loader("data: x\n", environment: ["CARDPROOF_LISTN": "1"])
        #expect(loader.unknownVariables == ["CARDPROOF_LISTN"])
    }

    @Test("a product gets its format, its policy and its face value")
    func product() throws {
        let folder = try ScratchFolder()
        let configuration = try folder.loader(
            """
            products:
              - {id: "007", issuer: cmcc, format: cmcc, adapter: offline, policy: w30,
                 face_value: {amount_minor: 5000, currency: CNY}, reusable: true}
            """
        ).configuration()
        let product = try #require(configuration.catalogue["007"])
        #expect(product.format.id == "cmcc")
        #expect(product.policy.id == "w30")
        #expect(product.faceValue?.minorUnits == 5000)
        #expect(product.isReusable)
    }

    @Test("a secret may be named as a file among the settings")
    func secretFile() throws {
        let folder = try ScratchFolder()
        let secret = try folder.write("password", "synthetic\n")
        let configuration = try folder.loader(
            """
            adapters:
              ericsson-vsip:
                settings: {endpoint: "http://127.0.0.1:1", username: u, password_file: "\(secret)"}
            """
        ).configuration()
        #expect(configuration.registry.adapter("ericsson-vsip") != nil)
    }
}
