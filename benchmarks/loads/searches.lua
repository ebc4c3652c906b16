-- What wrk asks for: another search each time. Told by arguments: the number of the first, and the words to search for.

local number, words = 0, {}

function init(arguments)
    number = tonumber(arguments[1])
    words = { unpack(arguments, 2) }
end

function request()
    number = number + 1
    local limit = 20 + number % 80
    local word = words[math.floor(number / 80) % #words + 1]
    return wrk.format("GET", string.format("/search.rss?limit=%d&q=%s", limit, word))
end
