-- Columns, grids and layouts: classes for the style sheet, and nothing that it does not know.

local function laid_out(div)
  local columns = div.attributes['layout-ncol']
  if columns then
    if not columns:match('^[1-6]$') then problem('layout-ncol must be 1 to 6', 'layout-ncol', 'Give a whole number.') end
    div.attributes['layout-ncol'] = nil
    div.classes:extend { 'layout', 'layout-ncol-' .. columns }
  end
  for _, class in ipairs(div.classes) do
    local rest = class:match('^g%-(.*)$')
    if rest and not (rest:match('^col%-%d+$') or rest:match('^col%-%a%a%-%d+$')
      or rest:match('^start%-%d+$') or rest:match('^start%-%a%a%-%d+$')) then
      problem('.' .. class .. ' is not supported', class,
        'Known: .g-col-N, .g-start-N, and both with a breakpoint.')
    end
  end
  return div
end

return function(doc)
  return doc:walk { Div = laid_out }
end
