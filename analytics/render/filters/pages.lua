-- Run by `pandoc lua pages.lua FILTERS-FOLDER`: reads jobs as JSON from standard input, converts
-- each page by the filters in order, and writes results as JSON to standard output.

local folder = arg[1]
local current  -- the page being converted, with its problems

-- What the filters may use.
page = nil
-- Without a remedy of its own a problem is a construct that only Quarto renders.
function problem(message, needle, remedy)
  current.problems[#current.problems + 1] =
    { message = message, needle = needle or '', remedy = remedy or '' }
end

function current_problems()
  return current.problems
end

function escaped(text)
  return (text:gsub('&', '&amp;'):gsub('<', '&lt;'):gsub('>', '&gt;'):gsub('"', '&quot;'))
end

function html(text)
  return pandoc.RawBlock('html', text)
end

function has_class(element, class)
  return element.classes:includes(class)
end

function html_of(content, options)
  local blocks = pandoc.utils.type(content) == 'Inlines' and { pandoc.Plain(content) } or content
  return (pandoc.write(pandoc.Pandoc(blocks), 'html5', options or WRITER):gsub('%s+$', ''))
end

WRITER = { html_math_method = 'mathml', wrap_text = 'none', email_obfuscation = 'none' }

-- Order matters: numbers are given before callouts and tabs turn into raw tags, references are
-- put in before citations are looked up.
local names = {
  'refused', 'links', 'figures', 'references', 'citations', 'code', 'layout', 'callouts',
  'tabsets', 'tables', 'headings',
}
local filters = {}
for _, name in ipairs(names) do
  filters[#filters + 1] = dofile(folder .. '/' .. name .. '.lua')
end

local anchors = dofile(folder .. '/anchors.lua')

local template = pandoc.template.compile(io.open(arg[2], 'r'):read('a'))
local reader = 'markdown+smart-markdown_in_html_blocks'
local reader_options = { tab_stop = 4 }

local function inlines(text)
  if text == '' then return pandoc.Inlines {} end
  return pandoc.utils.blocks_to_inlines(pandoc.read(text, reader, reader_options).blocks)
end

local function contents(doc, job)
  if not job.toc then return '' end
  local toc = pandoc.structure.table_of_contents(doc, { toc_depth = job.toc_depth })
  if not toc.content or #toc.content == 0 then return '' end
  return html_of({ toc })
end

local function converted(job)
  current = { path = job.path, problems = pandoc.List {} }
  page = job
  local doc = pandoc.read(job.markdown, reader, reader_options)
  for name, value in pairs(job.metadata) do
    doc.meta[name] = value
  end
  for _, filter in ipairs(filters) do
    doc = filter(doc)
  end
  local variables = job.variables
  local title = inlines(job.title)
  variables.title = job.title_block and html_of(title) or nil
  variables.pagetitle = escaped(pandoc.utils.stringify(title))
  variables.head_title = variables.pagetitle
  if variables.site_title ~= '' and variables.site_title ~= variables.pagetitle then
    variables.head_title = variables.pagetitle .. ' – ' .. variables.site_title
  end
  if job.texts.lead then
    local paragraphs = LINKS(pandoc.read(job.texts.lead, reader, reader_options)).blocks
    variables.lead = (html_of(paragraphs):gsub('<p>', '<p class="lead">'))
  end
  for _, name in ipairs { 'footer_left', 'footer_center', 'footer_right' } do
    local text = job.texts[name]
    if text and text ~= '' then
      local shown = pandoc.Pandoc { pandoc.Plain(inlines(text)) }
      variables[name] = html_of(LINKS(shown).blocks)
    end
  end
  variables.contents = contents(doc, job)
  doc = anchors(doc)
  local options = {}
  for name, value in pairs(WRITER) do options[name] = value end
  options.template = template
  options.variables = variables
  doc.meta = pandoc.Meta {}
  current.html = pandoc.write(doc, 'html5', options):gsub(
    '(<section id="footnotes"[^>]*>)%s*<hr />', '%1\n<h2>Footnotes</h2>', 1)
  return current
end

local jobs = pandoc.json.decode(io.read('a'), false)
local results = pandoc.List {}
for _, job in ipairs(jobs) do
  local messages, result = pandoc.log.silence(converted, job)
  for _, message in ipairs(messages) do
    local said = pandoc.json.decode(pandoc.json.encode(message), false)
    if said.verbosity ~= 'INFO' and said.verbosity ~= 'DEBUG' then
      local first = said.pretty:match('^[^\n]*')
      result.problems:insert {
        message = first, needle = said.contents or '', remedy = 'Correct it where it is written.',
      }
    end
  end
  results:insert(result)
end
io.write(pandoc.json.encode(results))
