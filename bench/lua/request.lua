-- One request again and again. Arguments: milliseconds between two requests of a connection (0: none),
-- method, path, body, then header fields as "name: value". In path and body, {n} stands for a number
-- below a thousand that changes from request to request.
dofile(os.getenv("BENCH_LUA") .. "/report.lua")

local made, varies, method, path, body, fields
local pause, count = 0, 0

function init(arguments)
  pause = tonumber(arguments[1])
  method, path, body, fields = arguments[2], arguments[3], arguments[4], {}
  for i = 5, #arguments do
    local name, value = string.match(arguments[i], "^([^:]+): (.*)$")
    fields[name] = value
  end
  if body == "" then body = nil end
  varies = string.find(path .. (body or ""), "{n}", 1, true)
  made = wrk.format(method, path, fields, body)
end

function request()
  if not varies then return made end
  count = (count + 7919) % 1000
  local number = tostring(count)
  local sent = body and string.gsub(body, "{n}", number)
  return wrk.format(method, (string.gsub(path, "{n}", number)), fields, sent)
end

-- Defined only where it is wanted: wrk asks its presence.
if os.getenv("BENCH_PACED") then
  function delay() return pause end
end
