-- Tabsets: every panel can be read without scripts; site.js shows the tabs and hides panels.

local function panels_of(div)
  local level = div.content[1] and div.content[1].t == 'Header' and div.content[1].level
  if not level then
    problem('a panel-tabset must begin with the heading of its first tab', 'panel-tabset',
      'Put `## Name` before the tab.')
    return nil
  end
  local panels = pandoc.List {}
  for _, block in ipairs(div.content) do
    if block.t == 'Header' and block.level == level then
      panels:insert { title = block.content, content = pandoc.Blocks {} }
    else
      panels[#panels].content:insert(block)
    end
  end
  return panels
end

return function(doc)
  local count = 0
  return doc:walk { traverse = 'topdown', Div = function(div)
    if not has_class(div, 'panel-tabset') then return nil end
    local panels = panels_of(div)
    if not panels then return nil end
    count = count + 1
    local group = div.attributes.group
    local tabs, blocks = {}, pandoc.Blocks {}
    for index, panel in ipairs(panels) do
      local id = 'tabset-' .. count .. '-' .. index
      tabs[index] = '<button type="button" role="tab" id="' .. id .. '-tab" aria-controls="' .. id
        .. '" aria-selected="' .. (index == 1 and 'true' or 'false') .. '">'
        .. html_of(panel.title) .. '</button>'
      blocks:insert(html('<div class="tabset-panel" id="' .. id .. '" role="tabpanel" '
        .. 'aria-labelledby="' .. id .. '-tab"><p class="tabset-title">' .. html_of(panel.title)
        .. '</p>'))
      blocks:extend(panel.content)
      blocks:insert(html('</div>'))
    end
    blocks:insert(1, html('<div class="tabset"'
      .. (group and ' data-group="' .. escaped(group) .. '"' or '')
      .. '><div class="tabset-tabs" role="tablist" hidden>' .. table.concat(tabs) .. '</div>'))
    blocks:insert(html('</div>'))
    return blocks
  end }
end
