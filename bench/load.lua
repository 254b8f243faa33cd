-- What wrk sends: the request in the file BODY, each time with a hookInstance of its own. A service that answers a
-- repeated hookInstance from its record would otherwise be measured on repeats. PREFIX holds the first 24 characters
-- of every instance and differs from run to run; the last 12 are a counter.
local PLACE = string.rep("@", 36) -- as long as an instance, so that the Content-Length is right

local file = assert(io.open(os.getenv("BODY"), "rb"))
local text = file:read("*a")
file:close()

local sent = 0
local head, tail

function init()
  local from, to = text:find('"hookInstance"%s*:%s*"[^"]*"')
  assert(from, "the body names no hookInstance")
  local body = text:sub(1, from - 1) .. '"hookInstance":"' .. PLACE .. '"' .. text:sub(to + 1)
  local whole = wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, body)
  local a, b = whole:find(PLACE, 1, true)
  head, tail = whole:sub(1, a - 1) .. os.getenv("PREFIX"), whole:sub(b + 1)
end

function request()
  sent = sent + 1
  return head .. string.format("%012x", sent) .. tail
end

-- One line that compare.py reads; times in microseconds.
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %.0f %.0f\n", summary.requests, summary.duration,
    e.status + e.connect + e.read + e.write + e.timeout, latency:percentile(50), latency:percentile(99)))
end
