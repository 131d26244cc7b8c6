-- Purchases of five lines for wrk, each with an id of its own, by members picked at random.
-- wrk … --script purchases.lua URL -- KEY PREFIX MEMBERS

local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

local categories = {
  "bread", "cakes", "coffee", "tea", "fruit", "vegetables", "dairy", "cheese", "flowers", "wine", "beer", "snacks", "sweets",
  "meat", "fish", "frozen", "pasta", "rice", "spices", "oil", "sauces", "household", "paper", "pets", "toys", "books", "garden",
  "clothes", "shoes", "electronics",
}
local channels = { "store", "store", "store", "web", "app" }
local sent = 0
local prefix, members, lines

local function line(id)
  local amount = math.random(50, 2999)
  local tax = math.floor(amount * 14 / 114)
  return string.format(
    '{"id":"%d","sku":"sku-%d","category":"%s","quantity":%d,"amount":"%d.%02d","tax":"%d.%02d"}',
    id, math.random(0, 499), categories[math.random(#categories)], math.random(3),
    math.floor(amount / 100), amount % 100, math.floor(tax / 100), tax % 100
  )
end

function init(args)
  local key
  key, prefix, members = args[1], args[2], tonumber(args[3])
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Authorization"] = "Bearer " .. key
  math.randomseed(number * 7919 + #prefix + (tonumber(prefix:match("%d+")) or 0))
  -- A few hundred lines for each place, made beforehand: a purchase picks five of them.
  lines = {}
  for place = 1, 5 do
    lines[place] = {}
    for made = 1, 400 do lines[place][made] = line(place) end
  end
end

function request()
  sent = sent + 1
  local body = string.format(
    '{"id":"%s%d-%d","member":"m-%06d","occurred_at":"%s","currency":"EUR","channel":"%s","store":"store-%d","lines":[%s,%s,%s,%s,%s]}',
    prefix, number, sent, math.random(0, members - 1), os.date("!%Y-%m-%dT%H:%M:%SZ"), channels[math.random(#channels)],
    math.random(0, 19), lines[1][math.random(400)], lines[2][math.random(400)], lines[3][math.random(400)],
    lines[4][math.random(400)], lines[5][math.random(400)]
  )
  return wrk.format(nil, nil, nil, body)
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    'measured {"requests": %d, "seconds": %.6f, "refused": %d, "failed": %d, "p50_ms": %.3f, "p99_ms": %.3f}',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50) / 1000, latency:percentile(99) / 1000
  ))
end
