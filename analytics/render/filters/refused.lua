-- What Quarto would treat in a way of its own and this renderer does not: refused by name.

local classes = {}
for name in ([[panel-sidebar panel-input panel-fill panel-center panel-grid content-visible
  content-hidden landscape lightbox incremental nonincremental listing about hidden-listing
  aside sidebar-content column-margin]]):gmatch('%S+') do
  classes[name] = true
end
local attributes = {}
for name in ([[layout layout-nrow layout-valign layout-align when-format unless-format when-meta
  unless-meta fig-pos fig-env lst-cap fig-subcap tbl-subcap code-line-numbers
  filename fig-align tbl-colwidths lightbox]]):gmatch('%S+') do
  attributes[name] = true
end
local identifiers = {}
for name in ([[lst thm lem cor prp cnj def exm exr sol rem alg nte tip wrn imp cau vid dia apx]])
  :gmatch('%S+') do
  identifiers[name] = true
end

local function checked(element)
  for _, class in ipairs(element.classes) do
    if classes[class] then problem('.' .. class .. ' is not supported', class) end
  end
  for name in pairs(element.attributes) do
    if attributes[name] then problem(name .. '= is not supported', name) end
  end
  local kind = element.identifier:match('^(%a+)%-')
  if kind and identifiers[kind] and element.t ~= 'Header' then
    problem('cross-references of the kind ' .. kind .. '- are not supported', element.identifier)
  end
end

local function raw(element)
  if element.format ~= 'html' then
    problem('raw ' .. element.format .. ' would be left out of the page', element.format,
      'Write it as {=html}, or in markdown.')
  end
end

-- Quarto numbers such marks and hangs the list below on them.
local function code(block)
  checked(block)
  local mark = (block.text .. '\n'):match('[#/%-%%;]+%s*(<%d+>)%s*\n')
  if mark then problem('code annotations are not supported', mark) end
end

return function(doc)
  doc:walk {
    Div = checked, Span = checked, CodeBlock = code, Image = checked, Link = checked,
    Header = function(header)
      checked(header)
      if header.level == 1 and page.title_block then
        local text = pandoc.utils.stringify(header)
        problem('a heading of level 1 beside the title', '# ' .. text,
          'Begin with ##; the title is the heading of level 1.')
      end
    end,
    RawBlock = raw, RawInline = raw,
    Math = function(math)
      if math.text:find('\\label') then problem('\\label is not supported', '\\label') end
    end,
  }
  return doc
end
