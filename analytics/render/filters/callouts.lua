-- Callouts: notes set apart from the text, with a title, that may be folded.

local known = {
  note = 'Note', tip = 'Tip', warning = 'Warning', important = 'Important', caution = 'Caution',
}

local function callout(div)
  local kind
  for _, class in ipairs(div.classes) do
    kind = kind or class:match('^callout%-(.+)$')
  end
  if not kind then return nil end
  if not known[kind] then
    problem('.callout-' .. kind .. ' is not supported', 'callout-' .. kind,
      'Known: note, tip, warning, important, caution.')
    return nil
  end
  local content = pandoc.Blocks(div.content)
  local title = div.attributes.title and escaped(div.attributes.title)
  if not title and content[1] and content[1].t == 'Header' then
    title = html_of(content:remove(1).content)
  end
  title = title or known[kind]
  local identifier = div.identifier ~= '' and ' id="' .. escaped(div.identifier) .. '"' or ''
  local open = '<aside' .. identifier .. ' class="callout callout-' .. kind .. '">'
  local collapse = div.attributes.collapse
  local blocks = pandoc.Blocks {}
  if collapse then
    blocks:insert(html(open .. '<details' .. (collapse == 'false' and ' open' or '')
      .. '><summary class="callout-title">' .. title .. '</summary>'))
  else
    blocks:insert(html(open .. '<p class="callout-title">' .. title .. '</p>'))
  end
  blocks:extend(content)
  blocks:insert(html(collapse and '</details></aside>' or '</aside>'))
  return blocks
end

return function(doc)
  return doc:walk { Div = callout }
end
