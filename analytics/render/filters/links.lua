-- Links to documents become links to pages; links from the project's root become relative.

local function local_target(target)
  if target:match('^%a[%w+.-]*:') or target:match('^//') or target:match('^#') then
    return target
  end
  if target:sub(1, 1) == '/' then
    target = page.root .. target:sub(2)
  end
  return (target:gsub('%.qmd$', '.html'):gsub('%.qmd([#?])', '.html%1'))
end

function LINKS(doc)
  return doc:walk {
    Link = function(link)
      link.target = local_target(link.target)
      return link
    end,
    Image = function(image)
      image.src = local_target(image.src)
      return image
    end,
  }
end

return LINKS
