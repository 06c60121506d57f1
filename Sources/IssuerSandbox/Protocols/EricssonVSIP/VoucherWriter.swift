import WireFormat

/// Writes what the books say in the members of VSIP.
struct VoucherWriter {
    let record: IssuerRecord
    let asked: VoucherRequest
    /// The activation code, when it is known.
    let code: String?
    let utcOffsetSeconds: Int

    /// Who used a voucher, unless a redemption told; synthetic.
    private static let subscriber = "13800000000"
    private static let otherSerial = "00000000OTHER"

    var details: [UInt8] {
        switch record.voucher {
        case .voucher(let state): XMLRPCValue.structure(particulars(state)).response
        case .responseCode(let code): Self.refusal(code).response
        case .fault(let code): XMLRPCValue.fault(code, VoucherFault.text(of: code))
        }
    }

    var history: [UInt8] {
        switch record.voucher {
        case .voucher(let state):
            var members = particulars(state)
            members.append("transactionRecords", .array(transactions(state)))
            return XMLRPCValue.structure(members).response
        case .responseCode, .fault:
            return details
        }
    }

    private static func refusal(_ code: Int) -> XMLRPCValue {
        var members = XMLRPCStructure()
        members.append("responseCode", .integer(code))
        return .structure(members)
    }

    private func particulars(_ state: String) -> XMLRPCStructure {
        var members = XMLRPCStructure()
        members.append("responseCode", .integer(0))
        if let serial = serialToTell { members.append("serialNumber", .string(serial)) }
        if record.repeatsCode, let code { members.append("activationCode", .string(code)) }
        members.append("state", .string(state))
        members.append("value", .string(String(record.valueMinorUnits)))
        members.append("currency", .string(record.currency))
        members.append("expiryDate", .dateTime(startOfDay(record.expiresOn)))
        members.append("voucherGroup", .string(record.namesOtherProduct ? "OTHR" : "STD1"))
        members.append("batchId", .string("SANDBOX-1"))
        members.append("agent", .string("sandbox"))
        if let usedAt = record.usedAt {
            members.append("subscriberId", .string(record.usedBy ?? Self.subscriber))
            members.append("timestamp", .dateTime(local(usedAt)))
        }
        if record.isFlaggedExpired { members.append("voucherExpired", .boolean(true)) }
        return members
    }

    /// The serial number is told to whoever asked by activation code, as far as it is known.
    private var serialToTell: String? {
        guard asked.isActivationCode else { return nil }
        return record.namesOtherCode ? Self.otherSerial : record.serial
    }

    /// One record a change of state. A use whose time is not told left no record.
    private func transactions(_ state: String) -> [XMLRPCValue] {
        let isNumeric = Int(state) != nil
        let printed = record.issuedAt - .seconds(86_400)
        var records = [
            transaction(isNumeric ? "5" : "unavailable", printed, 1),
            transaction(isNumeric ? "0" : "available", record.issuedAt, 2),
        ]
        if let usedAt = record.usedAt {
            let subscriber = record.usedBy ?? Self.subscriber
            records.append(transaction(state, usedAt, 3, subscriber: subscriber))
        }
        return records
    }

    private func transaction(
        _ state: String,
        _ instant: Instant,
        _ number: Int,
        subscriber: String? = nil
    ) -> XMLRPCValue {
        var members = XMLRPCStructure()
        members.append("newState", .string(state))
        members.append("timestamp", .dateTime(local(instant)))
        if let subscriber { members.append("subscriberId", .string(subscriber)) }
        members.append("operatorId", .string("sandbox"))
        members.append("transactionId", .string("\(record.ordinal * 10 + number)"))
        return .structure(members)
    }

    /// Only the date of an expiry is meaningful; its time is midnight of the issuer's day.
    private func startOfDay(_ date: CalendarDate) -> String {
        compact(date.iso8601) + "T00:00:00" + offset
    }

    /// `20261118T111200+0800` with colons in the time: VSIP's `yyyyMMddTHH:mm:ss+ZZZZ`.
    private func local(_ instant: Instant) -> String {
        let shifted = (instant + .seconds(utcOffsetSeconds)).rfc3339Seconds
        return compact(String(shifted.prefix(10))) + shifted.dropFirst(10).dropLast() + offset
    }

    private func compact(_ date: String) -> String { date.filter { $0 != "-" } }

    private var offset: String {
        let minutes = abs(utcOffsetSeconds) / 60
        return (utcOffsetSeconds < 0 ? "-" : "+") + Self.twoDigits(minutes / 60)
            + Self.twoDigits(minutes % 60)
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
