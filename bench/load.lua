-- Bodies of one kind. Those of small, large and batch are asked once each: no proxy can answer from memory or join two
-- questions. Those of local, ring, hit and large-hit are asked again and again.
-- Arguments after "--": kind, a seed of 8 hex digits, different in each round, and the number of a block near the head.

local head = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: "
local balance = '{"jsonrpc":"2.0","id":%d,"method":"eth_getBalance","params":["0x%s%032x","latest"]}'
local logs = '{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[{"fromBlock":"0x1000000","toBlock":"0x1000000",'
  .. '"address":"0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48","topics":['
  .. '["0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef","0x%s%056x"]]}]}'
local chain = '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}'
local number = '{"jsonrpc":"2.0","id":%d,"method":"eth_blockNumber","params":[]}'
local block = '{"jsonrpc":"2.0","id":%d,"method":"eth_getBlockByNumber","params":["%s",false]}'
local receipts = '{"jsonrpc":"2.0","id":%d,"method":"eth_getBlockReceipts","params":["0x1000000"]}'
local hits = {
  '{"jsonrpc":"2.0","id":%d,"method":"eth_getBalance","params":["0x%040x","latest"]}',
  '{"jsonrpc":"2.0","id":%d,"method":"eth_getBalance","params":["0x%040x","0x1000000"]}',
  '{"jsonrpc":"2.0","id":%d,"method":"eth_call","params":[{"to":"0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",'
    .. '"data":"0x70a08231%064x"},"latest"]}',
}
local asked, kind, seed, recent = 0, "small", "00000000", "latest"

local function body()
  asked = asked + 1
  if kind == "large" then
    return logs:format(seed, asked)
  elseif kind == "local" then
    return chain
  elseif kind == "ring" then
    return asked % 2 == 0 and number:format(asked) or block:format(asked, recent)
  elseif kind == "hit" then
    return hits[asked % 3 + 1]:format(asked, asked % 64 + 1)
  elseif kind == "large-hit" then
    return receipts:format(asked)
  elseif kind == "batch" then
    local items = {}
    for id = 1, 20 do
      items[id] = balance:format(id, seed, asked * 20 + id)
    end
    return "[" .. table.concat(items, ",") .. "]"
  end
  return balance:format(1, seed, asked)
end

function init(args)
  kind, seed, recent = args[1], args[2], args[3]
end

function request()
  local text = body()
  return head .. #text .. "\r\n\r\n" .. text
end

function done(summary, latency, requests)
  local failed = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %.0f %.0f %.0f\n", summary.requests, summary.duration, summary.bytes,
    failed.status, failed.connect + failed.read + failed.write + failed.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
