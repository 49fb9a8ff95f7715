-- Tables scroll inside a frame of their own, reachable by keyboard, where they are too wide.

return function(doc)
  return doc:walk { Table = function(tbl)
    local caption = pandoc.utils.stringify(tbl.caption.long)
    local name = caption == '' and 'Table' or caption
    return {
      html('<div class="table-scroll" role="region" tabindex="0" aria-label="' .. escaped(name)
        .. '">'),
      tbl,
      html('</div>'),
    }
  end }
end
