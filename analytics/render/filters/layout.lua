-- Columns, grids and layouts: classes for the style sheet, and nothing that it does not know.

local breakpoints = { [''] = '', ['sm-'] = '-sm', ['md-'] = '-md', ['lg-'] = '-lg', ['xl-'] = '-xl' }
local words = { col = '--span', start = '--start' }

-- A class of the grid as the variable that the style sheet places it by.
local function placed(class)
  local kind, breakpoint, number = class:match('^g%-(%a+)%-(%l*%-?)(%d+)$')
  local last = breakpoints[breakpoint or 'none']
  number = tonumber(number)
  if not words[kind] or not last or number < 1 or number > 12 then return nil end
  return words[kind] .. last .. ': ' .. number
end

local function laid_out(div)
  local columns = div.attributes['layout-ncol']
  if columns then
    if not columns:match('^[1-6]$') then problem('layout-ncol must be 1 to 6', 'layout-ncol', 'Give a whole number.') end
    div.attributes['layout-ncol'] = nil
    div.classes:extend { 'layout', 'layout-ncol-' .. columns }
  end
  local places = pandoc.List {}
  for _, class in ipairs(div.classes) do
    if class:match('^g%-') then
      local place = placed(class)
      if place then
        places:insert(place)
      else
        problem('.' .. class .. ' is not supported', class,
          'Known: .g-col-N, .g-start-N, and both with sm, md, lg or xl before N.')
      end
    end
  end
  if #places > 0 then
    local own = div.attributes.style
    if own then places:insert(1, own) end
    div.attributes.style = table.concat(places, '; ')
  end
  return div
end

return function(doc)
  return doc:walk { Div = laid_out }
end
