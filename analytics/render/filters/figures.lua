-- Figures, tables and equations with a label get their number, their caption and an anchor.

local NBSP = '\u{a0}'
local words = { fig = 'Figure', tbl = 'Table' }

local function kind_of(identifier)
  return identifier:match('^(%a+)%-.')
end

local function numbered(kind, identifier)
  local targets = page.targets
  if targets[identifier] then
    problem('the label ' .. identifier .. ' is there twice', identifier, 'Give each its own label.')
  end
  page.counts[kind] = (page.counts[kind] or 0) + 1
  targets[identifier] = tostring(page.counts[kind])
  return targets[identifier]
end

local function caption_html(kind, number, caption)
  local label = words[kind] .. NBSP .. number
  local text = html_of(caption)
  return '<figcaption>' .. label .. (text == '' and '' or ': ' .. text) .. '</figcaption>'
end

-- The caption of a table stands above it, that of a figure below, as in Quarto.
local function figure(kind, identifier, attr, caption, content)
  local number = numbered(kind, identifier)
  local words_of_class = pandoc.List { 'figure' }
  if kind == 'tbl' then words_of_class:insert('figure-table') end
  for _, class in ipairs(attr.classes) do
    if class ~= 'cell' then words_of_class:insert(class) end
  end
  local alt = attr.attributes['fig-alt']
  local open = '<figure id="' .. escaped(identifier) .. '" class="'
    .. escaped(table.concat(words_of_class, ' ')) .. '"'
    .. (alt and ' aria-label="' .. escaped(alt) .. '"' or '') .. '>'
  local shown = caption_html(kind, number, caption)
  local blocks = pandoc.Blocks { html(open) }
  if kind == 'tbl' then blocks:insert(html(shown)) end
  local columns = attr.attributes['layout-ncol']
  if columns then
    blocks:insert(pandoc.Div(content, pandoc.Attr('', {}, { ['layout-ncol'] = columns })))
  else
    blocks:extend(content)
  end
  if kind == 'fig' then blocks:insert(html(shown)) end
  blocks:insert(html('</figure>'))
  return blocks
end

local function described(image)
  local alt = image.attributes['fig-alt']
  if not alt or alt == '' then return false end
  image.caption = pandoc.Inlines { pandoc.Str(alt) }
  image.attributes['fig-alt'] = nil
  return true
end

local function described_image(image)
  described(image)
  return image
end

local function labelled_div(div)
  local kind = kind_of(div.identifier) or ''
  if not words[kind] then return nil end
  local content = pandoc.Blocks(div.content)
  local last = content[#content]
  if not last or (last.t ~= 'Para' and last.t ~= 'Plain') or #content < 2 then
    problem('the block ' .. div.identifier .. ' does not end in a caption', div.identifier,
      'End it by a paragraph, which becomes its caption.')
    return nil
  end
  content:remove()
  content = content:walk {
    Image = described_image,
    Div = function(inner)
      if words[kind_of(inner.identifier) or ''] then
        problem('a figure or table inside another is not supported', inner.identifier)
      end
    end,
  }
  return figure(kind, div.identifier, div, last.content, content), false
end

local function labelled_table(tbl)
  local kind = kind_of(tbl.identifier)
  if kind ~= 'tbl' then return nil end
  local attr, caption = tbl.attr, pandoc.utils.blocks_to_inlines(tbl.caption.long)
  tbl.attr = pandoc.Attr()
  tbl.caption = { long = {} }
  return figure('tbl', attr.identifier, attr, caption, { tbl }), false
end

local function pandoc_figure(element)
  local image
  element = element:walk { Image = function(found)
    image = found
    if not described(found) then
      problem('the figure has no fig-alt', found.src, 'Add {fig-alt="what it shows"}.')
    end
    return found
  end }
  local kind = kind_of(element.identifier)
  local caption = pandoc.utils.blocks_to_inlines(element.caption.long)
  if kind == 'fig' then
    return figure('fig', element.identifier, element, caption, element.content), false
  end
  -- Pandoc hides the caption of a figure whose image has it as its description.
  local blocks = pandoc.Blocks { html('<figure class="figure">') }
  blocks:extend(element.content)
  blocks:insert(html('<figcaption>' .. html_of(caption) .. '</figcaption></figure>'))
  return blocks, false
end

local function equation(para)
  local found
  for _, inline in ipairs(para.content) do
    local label = inline.t == 'Str' and inline.text:match('^{#(eq%-.*)}$')
    if label then found = label end
  end
  if not found then return nil end
  local math = para.content[1]
  if math.t ~= 'Math' or math.mathtype ~= 'DisplayMath' or #para.content > 3 then
    problem('an equation with a label must stand in a paragraph of its own', found,
      'Put blank lines around it.')
    return nil
  end
  local number = numbered('eq', found)
  return {
    html('<div class="equation" id="' .. escaped(found) .. '">'),
    pandoc.Plain { math, pandoc.RawInline('html',
      '<span class="equation-number">(' .. number .. ')</span>') },
    html('</div>'),
  }
end

return function(doc)
  page.targets, page.counts = {}, {}
  return doc:walk {
    traverse = 'topdown',
    Div = labelled_div,
    Table = labelled_table,
    Figure = pandoc_figure,
    Para = equation,
    Image = described_image,
  }
end
