-- What each load tells at its end: one JSON object on a line of its own.
local ffi = require("ffi")
ffi.cdef [[
typedef struct { long seconds; long nanoseconds; } bench_time;
int clock_gettime(int clock, bench_time *at);
]]
local at = ffi.new("bench_time")

-- Microseconds of a clock that only goes forward.
function now()
  ffi.C.clock_gettime(1, at)
  return tonumber(at.seconds) * 1e6 + tonumber(at.nanoseconds) / 1e3
end

threads = {}
function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

local function percentile(sorted, share)
  return sorted[math.max(1, math.ceil(#sorted * share))] or 0
end

-- Over answers, or over what each thread listed in `taken` when one answer is not the whole.
function done(summary, latency)
  local failures, first, wholes, took = 0, "", 0, {}
  for _, thread in ipairs(threads) do
    failures = failures + (thread:get("failures") or 0)
    wholes = wholes + (thread:get("wholes") or 0)
    if first == "" then first = thread:get("failure") or "" end
    for number in string.gmatch(thread:get("taken") or "", "%d+") do table.insert(took, tonumber(number)) end
  end
  table.sort(took)
  local errors = summary.errors
  local of = function(share)
    return #took > 0 and percentile(took, share) or latency:percentile(share * 100)
  end
  io.write(string.format(
    '\n{"requests":%d,"wholes":%d,"microseconds":%d,"p50":%.0f,"p99":%.0f,"p999":%.0f,' ..
    '"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d,"failures":%d,"failure":%q}\n',
    summary.requests, wholes, summary.duration, of(0.5), of(0.99), of(0.999),
    errors.connect, errors.read, errors.write, errors.timeout, errors.status, failures, first))
end
