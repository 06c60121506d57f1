-- wrk -s load.lua URL -- REQUESTS THREADS: replays pre-signed requests, each id once.
-- Thread i takes the requests whose number is i modulo THREADS.
local counter = 0
local threads = {}

function setup(thread)
  thread:set("tid", counter)
  counter = counter + 1
  table.insert(threads, thread)
end

function init(args)
  local count = tonumber(args[2] or "2")
  requests, index, wrapped, accepted, others = {}, 0, 0, 0, 0
  local file = assert(io.open(args[1], "rb"))
  local number = 0
  while true do
    local head = file:read(4)
    if not head then break end
    local a, b, c, d = head:byte(1, 4)
    local length = a + b * 256 + c * 65536 + d * 16777216
    if number % count == tid then
      requests[#requests + 1] = file:read(length)
    else
      file:seek("cur", length)
    end
    number = number + 1
  end
  file:close()
end

function request()
  index = index + 1
  if index > #requests then
    index = 1
    wrapped = wrapped + 1
  end
  return requests[index]
end

function response(status)
  if status == 202 or status == 200 then accepted = accepted + 1 else others = others + 1 end
end

function done(summary, latency, requests)
  local total = { accepted = 0, others = 0, wrapped = 0 }
  for _, thread in ipairs(threads) do
    for name, value in pairs(total) do total[name] = value + thread:get(name) end
  end
  local errors = summary.errors
  io.write(string.format(
    '{"rps": %.1f, "accepted": %d, "others": %d, "wrapped": %d, "p50_ms": %.3f, "p99_ms": %.3f, "errors": %d}\n',
    total.accepted / (summary.duration / 1e6), total.accepted, total.others, total.wrapped,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.timeout))
end
