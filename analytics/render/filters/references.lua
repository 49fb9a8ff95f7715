-- @fig-x, @tbl-x, @eq-x and @sec-x become links that name the number.

local NBSP = '\u{a0}'
local words = { fig = 'Figure', tbl = 'Table', eq = 'Equation', sec = 'Section' }
local refused = {}
for name in ([[lst thm lem cor prp cnj def exm exr sol rem alg nte tip wrn imp cau vid dia apx]])
  :gmatch('%S+') do
  refused[name] = true
end

-- Sections are counted as Quarto counts them, whether or not their numbers are shown.
local function count_sections(doc)
  local counts, top = {}, 7
  doc:walk { Header = function(header) top = math.min(top, header.level) end }
  doc:walk { Header = function(header)
    if has_class(header, 'unnumbered') then return end
    for level = header.level + 1, 7 do counts[level] = 0 end
    counts[header.level] = (counts[header.level] or 0) + 1
    if header.identifier:match('^sec%-') then
      local parts = {}
      for level = top, header.level do parts[#parts + 1] = tostring(counts[level] or 0) end
      page.targets[header.identifier] = table.concat(parts, '.')
    end
  end }
end

local function reference(citation)
  local identifier = citation.id:sub(1, 1):lower() .. citation.id:sub(2)
  local kind = identifier:match('^(%a+)%-')
  if kind and refused[kind] then
    problem('cross-references of the kind ' .. kind .. '- are not supported', '@' .. citation.id)
    return pandoc.Inlines {}
  end
  if not kind or not words[kind] then return nil end
  local number = page.targets[identifier]
  if not number then
    problem('the cross-reference @' .. citation.id .. ' leads nowhere', '@' .. citation.id,
      'Correct it, or give its target the label ' .. identifier .. '.')
    return pandoc.Inlines {}
  end
  local content = pandoc.Inlines {}
  if #citation.prefix > 0 then
    content:extend(citation.prefix)
    content:insert(pandoc.Str(NBSP .. number))
  elseif citation.mode == 'SuppressAuthor' then
    content:insert(pandoc.Str(number))
  else
    content:insert(pandoc.Str(words[kind] .. NBSP .. number))
  end
  return pandoc.Inlines { pandoc.Link(content, '#' .. identifier, '', { class = 'quarto-xref' }) }
end

return function(doc)
  count_sections(doc)
  return doc:walk { Cite = function(cite)
    local links, others = pandoc.Inlines {}, 0
    for _, citation in ipairs(cite.citations) do
      local link = reference(citation)
      if link then
        if #links > 0 then links:extend { pandoc.Str(','), pandoc.Space() } end
        links:extend(link)
      else
        others = others + 1
      end
    end
    if others == #cite.citations then return nil end
    if others > 0 then
      problem('citations and cross-references in one bracket', '@' .. cite.citations[1].id,
        'Write them in two brackets.')
    end
    return links
  end }
end
