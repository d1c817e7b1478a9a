-- From the cells of a notebook to the blocks of a handout.
--
-- What Python has to say lies in the notebook's metadata: the kind of file, the edition
-- and the words. Cells arrive as Divs that carry their tags, outputs as Divs within them.

local said = {} -- kind, edition, and the words by name
local read_on = true -- whether text follows a figure

-- Paper, in points and in ems of the figures of a table --------------------------------

local TEXT, WIDE = 369, 471 -- width of the text, and of what may reach into the margin
local SIZE, GUTTER = 9, 12 -- of a table: type, gap
local FIGURE = { docx = 0.6, html = 0.55, pdf = 0.55 } -- width; of Word's font, or what stands for it
local TOKEN, LONGEST = 26, 60 -- characters of the longest unbreakable word, in a table and in text
local LINES, LINE = 5, 1 -- to write on after an exercise; after one that takes a computer
local TOGETHER = 12 -- rows of a table that stay on one page

-- Small things --------------------------------------------------------------------------

local function append(blocks, more)
  for _, block in ipairs(more) do
    table.insert(blocks, block)
  end
  return blocks
end

local function escaped(text)
  return (text:gsub('[&<>"]', { ['&'] = '&amp;', ['<'] = '&lt;', ['>'] = '&gt;', ['"'] = '&quot;' }))
end

local function typst(code)
  return pandoc.RawBlock('typst', code)
end

local function html(code)
  return pandoc.RawBlock('html', code)
end

-- What may be wider than a phone can be reached and scrolled by keyboard.
local function scrolling(class, name)
  local line = ' class="%s" tabindex="0"'
  local named = ' role="group" aria-label="%s"'
  return line:format(class) .. (name and name ~= '' and named:format(escaped(name)) or '')
end

-- One part of a handout: a function of the Typst template, a class in HTML, a style in Word.
local function part(name, blocks)
  if said.kind == 'pdf' then
    return append({ typst('#' .. name .. '[') }, append(blocks, { typst(']') }))
  end
  local style = { ['custom-style'] = name:gsub('^%l', string.upper) }
  return { pandoc.Div(blocks, pandoc.Attr('', { name }, said.kind == 'docx' and style or {})) }
end

local function lead(word, blocks)
  local label = pandoc.Strong({ pandoc.Str(word) })
  if blocks[1] and (blocks[1].t == 'Para' or blocks[1].t == 'Plain') then
    blocks[1].content:insert(1, pandoc.Space())
    blocks[1].content:insert(1, label)
  else
    table.insert(blocks, 1, pandoc.Para({ label }))
  end
  return blocks
end

-- Where a line may end inside a long word: after so many characters, in a table also
-- after an underscore. A browser needs such help in headings alone.
local BREAK = utf8.char(0x200B)

local function breakable(text, most, underscore)
  local out, run = {}, 0
  for _, code in utf8.codes(text) do
    local char = utf8.char(code)
    table.insert(out, char)
    run = (char:match('%s') or code > 0x2E7F) and 0 or run + 1
    if run == most or char == underscore then
      table.insert(out, BREAK)
      run = 0
    end
  end
  return table.concat(out)
end

-- What came from data stays text: no address is asked, no code is run --------------------

local function tame(blocks)
  return pandoc.Blocks(blocks):walk({
    Link = function(link) return link.content end,
    Image = function(image) return image.caption end,
    RawInline = function() return {} end, -- a style or a script, never text
    RawBlock = function() return {} end,
    Math = function(math) return pandoc.Str(math.text) end,
    Note = function() return {} end,
    Span = function(span) return span.content end,
    Str = function(str)
      return said.kind ~= 'html' and pandoc.Str(breakable(str.text, LONGEST)) or nil
    end,
    Header = function(header) return pandoc.Para({ pandoc.Strong(header.content) }) end,
  })
end

-- Tables ----------------------------------------------------------------------------------

local function text_of(cell)
  return pandoc.utils.stringify(pandoc.Blocks(cell.contents):walk({
    LineBreak = function() return pandoc.Str('\n') end,
  }))
end

local function signed(text) -- a minus sign that is one, and dates that Word does not break
  text = text:gsub('^%-(%d)', '−%1'):gsub('([：,(])%-(%d)', '%1−%2')
  if said.kind == 'docx' then text = text:gsub('(%d%d%d%d)%-(%d%d)%-(%d%d)', '%1‑%2‑%3') end
  return text
end

local function is_number(text)
  local bare = text:gsub('^−', '-'):gsub('^[+-]', ''):gsub('%s*%%$', '')
  return bare:match('^%d[%d,]*%.?%d*$') or bare:match('^%.?%d+e[%-+]?%d+$')
    or bare:match('^%d[%d.]*e[%-+]?%d+$')
end

local NOTHING = {
  [''] = true, ['–'] = true, ['∞'] = true, ['−∞'] = true,
}

-- Each cell of a table with the number of the column it begins in.
local function cells(rows, see)
  local taken = {}
  for r, row in ipairs(rows) do
    local c = 1
    for _, cell in ipairs(row.cells) do
      while taken[r .. ',' .. c] do c = c + 1 end
      for dr = 0, cell.row_span - 1 do
        for dc = 0, cell.col_span - 1 do taken[(r + dr) .. ',' .. (c + dc)] = true end
      end
      see(cell, c)
      c = c + cell.col_span
    end
  end
end

-- pandas puts the name of the index in a row of its own: one row says both.
local function join_heads(head)
  if #head.rows ~= 2 or #head.rows[1].cells ~= #head.rows[2].cells then return end
  for i, cell in ipairs(head.rows[1].cells) do
    local below = head.rows[2].cells[i]
    if cell.col_span > 1 or below.col_span > 1 or cell.row_span > 1 then return end
    if text_of(cell) ~= '' and text_of(below) ~= '' then return end
  end
  for i, cell in ipairs(head.rows[1].cells) do
    if text_of(cell) == '' then cell.contents = head.rows[2].cells[i].contents end
  end
  head.rows = { head.rows[1] }
end

local function width(text) -- in figures; a Chinese character takes two
  local n = 0
  for _, code in utf8.codes(text) do
    if code ~= 0x200B then n = n + (code > 0x2E7F and 1.8 or 1) end
  end
  return n
end

local function longest(text, pattern)
  local most = 0
  for piece in text:gmatch(pattern) do most = math.max(most, width(piece)) end
  return most
end

local function least_width(text) -- of its longest piece; four Chinese characters stay together
  local most, run = 0, 0
  for _, code in utf8.codes(breakable(text, TOKEN, '_')) do
    if code == 0x200B or code <= 0x20 then
      run = 0
    else
      run = code > 0x2E7F and math.min(run + 1.8, 7.2) or run + 1
    end
    most = math.max(most, run)
  end
  return most
end

-- Each column as wide as it needs at the most, where that is too much for the page the
-- widest give way first, but none below what it needs at the least.
local function fill(columns, least, most, page)
  local function clipped(column, level)
    return math.max(math.min(column[most], level), column[least])
  end
  local low, high = 0, page
  for _ = 1, 20 do
    local level, all = (low + high) / 2, 0
    for _, column in ipairs(columns) do all = all + clipped(column, level) end
    if all > page then high = level else low = level end
  end
  local all = 0
  for _, column in ipairs(columns) do
    column.width = clipped(column, low)
    all = all + column[most]
  end
  return all <= page
end

-- How wide the columns are, as shares of the page; what lies below the headings comes first.
-- Word wants to be told so of every table, Typst where one is too wide.
local function share(columns, least, specs)
  local figure = FIGURE[said.kind] * SIZE
  local page = (WIDE - #columns * GUTTER) / figure
  if fill(columns, 'least', 'body', page) then fill(columns, 'body', 'natural', page) end
  local shrunk = math.max(least / page, 1)
  for i, column in ipairs(columns) do
    specs[i] = { specs[i][1], (column.width * figure / shrunk + GUTTER) / WIDE }
  end
end

local function data_table(tbl)
  local caption = pandoc.utils.stringify(tbl.caption.long)
  tbl.attr = pandoc.Attr()
  join_heads(tbl.head)
  local columns, rows = {}, 0
  for i = 1, #tbl.colspecs do
    columns[i] = { numbers = 0, words = 0, natural = 0, body = 0, least = 0 }
  end
  local function measure(cell, c)
    if cell.col_span > 1 then return end
    local text = text_of(cell)
    local column = columns[c]
    column.natural = math.max(column.natural, longest(text, '[^\n]+'))
    column.least = math.max(column.least, least_width(text))
    column.body = math.max(column.body, column.least)
  end
  local function judge(cell, c)
    local text = text_of(cell)
    if is_number(text) then
      columns[c].numbers = columns[c].numbers + 1
    elseif not NOTHING[text] then
      columns[c].words = columns[c].words + 1
    end
    measure(cell, c)
    if cell.col_span == 1 then
      columns[c].body = math.max(columns[c].body, longest(text, '[^\n]+'))
    end
  end
  cells(tbl.head.rows, measure)
  for _, body in ipairs(tbl.bodies) do
    cells(body.body, judge)
    rows = rows + #body.body
  end
  for i, column in ipairs(columns) do
    local side = tbl.colspecs[i][1] -- as its author said, or numbers to the right
    if side == 'AlignDefault' then
      side = column.numbers > 0 and column.words == 0 and 'AlignRight' or 'AlignLeft'
    end
    tbl.colspecs[i] = { side, nil }
  end
  local natural, least = 0, 0
  for _, column in ipairs(columns) do
    natural, least = natural + column.natural, least + column.least
  end
  local gaps, figure = #columns * GUTTER, FIGURE[said.kind]
  local wide = natural * figure * SIZE + gaps > TEXT
  local crowded = natural * figure * SIZE + gaps > WIDE
  if said.kind == 'docx' or said.kind == 'pdf' and crowded then
    share(columns, least, tbl.colspecs)
  end
  local size = math.min(SIZE, (WIDE - gaps / 2) / (least * figure + #columns * 0.3))
  local small = size < SIZE
  local style = small and (size < 7 and 'Table Tiny' or 'Table Small') or 'Table Text'
  local function loosen(cell)
    local function broken(make)
      return function(inline)
        local text = breakable(inline.text:gsub(BREAK, ''), TOKEN, '_')
        if said.kind ~= 'html' then return make(text) end
        local marked = escaped(text):gsub(BREAK, '<wbr>') -- which nobody copies
        return pandoc.RawInline('html', inline.t == 'Code' and '<code>' .. marked .. '</code>' or marked)
      end
    end
    cell.contents = pandoc.Blocks(cell.contents):walk({
      Str = broken(pandoc.Str), Code = broken(pandoc.Code),
    })
  end
  local function dress(cell)
    cell.attr, cell.alignment = pandoc.Attr(), pandoc.AlignDefault
    cell.contents = pandoc.Blocks(cell.contents):walk({
      Str = function(str) return pandoc.Str(signed(str.text)) end,
      Code = function(code) return said.kind == 'docx' and pandoc.Str(code.text) or nil end,
    })
    if wide and said.kind ~= 'html' then loosen(cell) end
    if said.kind == 'docx' then
      if #cell.contents == 0 then cell.contents = { pandoc.Plain({ pandoc.Str('') }) } end
      local paragraphs = pandoc.Blocks(cell.contents):walk({
        Plain = function(plain) return pandoc.Para(plain.content) end,
      })
      cell.contents = { pandoc.Div(paragraphs, { ['custom-style'] = style }) }
    end
  end
  local function dress_rows(rows)
    for _, row in ipairs(rows) do row.attr = pandoc.Attr() end
    cells(rows, dress)
  end
  dress_rows(tbl.head.rows)
  if wide and said.kind == 'html' then cells(tbl.head.rows, loosen) end
  for _, body in ipairs(tbl.bodies) do dress_rows(body.body) end
  if said.kind == 'html' then
    return {
      html('<div' .. scrolling(#columns > 8 and 'table wide' or 'table', caption) .. '>'),
      tbl,
      html('</div>'),
    }
  elseif said.kind == 'pdf' then
    return {
      typst(string.format('#data-table(%.2fpt, %s, %s)[', size, wide, rows > TOGETHER)),
      tbl,
      typst(']'),
    }
  end
  return { tbl }
end

-- Outputs -----------------------------------------------------------------------------------

local function picture(image)
  local words, alt = image.attributes.words or '', image.attributes.alt or ''
  local px = tonumber(image.attributes.width)
  -- On paper the letters of a figure are a little smaller than the text.
  local points = px and string.format('%.1fpt', math.min(px * 0.54, TEXT)) or TEXT .. 'pt'
  image.attributes.words, image.attributes.alt = nil, nil
  image.caption = { pandoc.Str(alt) }
  local on_screen = pandoc.Strong({ pandoc.Str(said.screen) })
  local caption = words ~= '' and { pandoc.Plain({ on_screen, pandoc.Space(), pandoc.Str(words) }) } or {}
  if said.kind == 'pdf' then
    local quoted = alt:gsub('[\\"]', '\\%0')
    local shown = typst(string.format('#image("%s", width: %s, alt: "%s")', image.src, points, quoted))
    local kept = read_on and '' or '(sticky: false)'
    if words == '' then return part('picture' .. kept, { shown }) end
    local blocks = { typst('#widget' .. kept .. '['), shown, typst('][') }
    return append(blocks, append(caption, { typst(']') }))
  elseif said.kind == 'html' then
    if words ~= '' then
      caption = append({ html('<figcaption>') }, append(caption, { html('</figcaption>') }))
    end
    return append({ html('<figure>'), pandoc.Plain({ image }) }, append(caption, { html('</figure>') }))
  end
  image.attributes.width, image.attributes.height = points, nil
  local blocks = part('figure', { pandoc.Para({ image }) })
  return words ~= '' and append(blocks, part('words', { pandoc.Para(caption[1].content) })) or blocks
end

local function plain(text)
  text = text:gsub('%s+$', '')
  if said.kind == 'html' then
    local scrolls = longest(text, '[^\n]+') > 30 and scrolling('output', said.output) or ' class="output"'
    return { html('<pre' .. scrolls .. '>' .. escaped(text) .. '</pre>') }
  elseif said.kind == 'pdf' then
    return part('output', { pandoc.CodeBlock(breakable(text, LONGEST)) })
  end
  local inlines = pandoc.Inlines({})
  for line in (text .. '\n'):gmatch('(.-)\n') do
    if #inlines > 0 then inlines:insert(pandoc.LineBreak()) end
    inlines:insert(pandoc.Code(line))
  end
  return part('output', { pandoc.Para(inlines) })
end

local function output(div)
  local blocks = {}
  for _, block in ipairs(div.content) do
    if block.t == 'RawBlock' then
      local reader, text = 'html-native_divs-native_spans-auto_identifiers', block.text
      if block.format == 'markdown' then
        reader, text = 'commonmark', text:gsub('\\?<', '\\<') -- no tags in Markdown
      end
      local read = tame(pandoc.read(text .. '\n', reader).blocks)
      for _, one in ipairs(read) do
        append(blocks, one.t == 'Table' and data_table(one) or one.t == 'CodeBlock' and plain(one.text) or { one })
      end
    elseif block.t == 'CodeBlock' then
      append(blocks, plain(block.text))
    elseif block.t == 'Para' and block.content[1].t == 'Image' then
      append(blocks, picture(block.content[1]))
    end
  end
  return blocks
end

-- Cells -------------------------------------------------------------------------------------

local function tags(div)
  local marks = {}
  for tag in (div.attributes.tags or ''):gmatch('"(.-)"') do marks[tag] = true end
  return marks
end

local function code_cell(div)
  local blocks = {}
  for _, block in ipairs(div.content) do
    if block.t == 'CodeBlock' and block.classes:includes('python') then
      local source = block.text:gsub('### %u+ SOLUTION[^\n]*\n?', ''):gsub('%s+$', '')
      if source ~= '' then
        local shown = pandoc.CodeBlock(source)
        append(blocks, said.kind == 'docx' and { shown } or part('code', { shown }))
      end
    elseif block.t == 'Div' then
      append(blocks, output(block))
    end
  end
  return blocks
end

local function written(blocks) -- the tables of an author
  return blocks:walk({
    Table = function(tbl)
      if said.kind ~= 'pdf' then return data_table(tbl) end
      local rows = 0
      for _, body in ipairs(tbl.bodies) do rows = rows + #body.body end
      return { typst(string.format('#written-table(%s)[', rows > TOGETHER)), tbl, typst(']') }
    end,
  })
end

local function markdown_cell(div)
  local markdown = 'gfm-emoji+tex_math_dollars+smart+east_asian_line_breaks'
  return written(pandoc.read(div.content[1].text .. '\n', markdown).blocks)
end

local function ruled_space(lines)
  if said.kind == 'pdf' then
    return { typst('#ruled(' .. lines .. ')') }
  elseif said.kind == 'html' then
    return { html('<div class="ruled" aria-hidden="true">' .. ('<div></div>'):rep(lines) .. '</div>') }
  end
  local line = '<w:p><w:pPr><w:pStyle w:val="WritingLine"/></w:pPr><w:r><w:tab/></w:r></w:p>'
  return { pandoc.RawBlock('openxml', line:rep(lines)) }
end

-- The number of an exercise, such as 3.2-a, if the blocks begin with one.
local function number_of(blocks)
  local first = blocks[1] and blocks[1].t == 'Para' and blocks[1].content[1]
  return first and first.t == 'Strong' and pandoc.utils.stringify(first):match('^%d+%.%d+%-%l+')
end

local function without_folds(blocks) -- <details> and </details> are raw HTML
  local kept = {}
  for _, block in ipairs(blocks) do
    if block.t ~= 'RawBlock' then table.insert(kept, block) end
  end
  return kept
end

local function folded(blocks)
  return append({ html('<details class="hint"><summary>' .. escaped(said.hint) .. '</summary>') },
    append(blocks, { html('</details>') }))
end

local function is_verdict(block)
  return block.t == 'Para' and pandoc.utils.stringify(block):find('☐')
end

local function verdict(block) -- no answer is broken
  local boxes, content = 0, block.content
  for i, inline in ipairs(content) do
    local following = content[i + 1]
    if inline.text == '☐' then boxes = boxes + 1 end
    if inline.t == 'Space' and following and following.text == '☐' then
      content[i] = pandoc.Str('\u{2003}')
    elseif inline.t == 'Space' and boxes > 0 then
      content[i] = pandoc.Str('\u{a0}')
    end
  end
  return part('verdict', { block })
end

-- A verdict stays with the paragraph before it.
local function judged(claim, block)
  local last = said.kind == 'pdf' and claim[#claim] and claim[#claim].t == 'Para' and table.remove(claim)
  append(claim, last and { typst('#together['), last } or {})
  append(claim, verdict(block))
  return append(claim, last and { typst(']') } or {})
end

local function unquoted(blocks) -- what is said in a block quote, without its marks
  return #blocks == 1 and blocks[1].t == 'BlockQuote' and blocks[1].content or blocks
end

-- A paragraph that announces what follows stays with it.
local function announcing(blocks)
  local last = blocks[#blocks]
  local text = last and last.t == 'Para' and pandoc.utils.stringify(last) or ''
  if said.kind ~= 'pdf' or not (text:find(':$') or text:find('：$')) then return blocks end
  table.remove(blocks)
  return append(blocks, { typst('#announcing['), last, typst(']') })
end

local function handout(cells)
  local blocks, hints, claim, question, exercise = {}, {}, nil, {}, nil
  local titled = false
  local function close_claim()
    if claim then append(blocks, part('claim', claim)) end
    claim = nil
  end
  for i, div in ipairs(cells) do
    local marks = tags(div)
    local following = cells[i + 1]
    read_on = following and not following.classes:includes('code') -- the figure's meaning
    local content = div.classes:includes('code') and code_cell(div) or markdown_cell(div)
    local first = content[1]
    if not titled and first and first.t == 'Header' and first.level == 1 then
      titled = true
      for i = 2, #content do table.insert(question, content[i]) end
      content = {}
    end
    local begins = marks.claim and first and first.t == 'Header' -- another claim
    if begins then close_claim() end
    local inside = marks.claim or (claim and div.classes:includes('code'))
    if not inside then close_claim() end
    if inside then
      claim = claim or {}
      for _, block in ipairs(content) do
        if is_verdict(block) then judged(claim, block) else append(claim, { block }) end
      end
    elseif marks.hint then
      local hint = without_folds(content)
      if said.kind == 'html' then
        append(blocks, folded(hint))
      elseif said.edition == 'student' then
        append(hints, lead(exercise and exercise .. '.' or said.lead, hint))
      else
        append(blocks, part('hint', lead(said.lead, hint)))
      end
    elseif marks.solution then
      append(blocks, part('solution', append({ pandoc.Para({ pandoc.Strong({ pandoc.Str(said.solution) }) }) }, content)))
    elseif marks.instructor then
      append(blocks, part('instructor', unquoted(content)))
    elseif marks.answer then
      append(blocks, part('answer', content))
    elseif marks.exercise and number_of(content) then
      exercise = number_of(content)
      local lines = marks.computer and LINE or LINES
      local room = said.edition == 'student' and ruled_space(lines) or {}
      append(blocks, part('exercise', append(pandoc.Blocks(content), room)))
    else
      append(blocks, div.classes:includes('code') and content or announcing(content))
    end
  end
  close_claim()
  if #hints > 0 then
    append(blocks, { pandoc.Header(2, { pandoc.Str(said.hints) }, { id = 'hints' }) })
    append(blocks, part('hint', hints))
  end
  return blocks, question
end

-- Headings nest: one title, and below it no level left out.
local function nested(blocks)
  local base, before = said.kind == 'html' and 2 or 1, said.kind == 'html' and 1 or 0
  local seen = {} -- a heading may stand twice, an address may not
  return blocks:walk({
    Header = function(header)
      local name = header.identifier
      seen[name] = (seen[name] or 0) + 1
      if seen[name] > 1 then header.identifier = name .. '-' .. seen[name] end
      header.level = math.min(math.max(header.level - 2 + base, base), before + 1)
      before = header.level
      return header
    end,
  })
end

-- Small type ---------------------------------------------------------------------------

local function is_chinese(text)
  for _, code in utf8.codes(text) do
    if code > 0x2E7F then return true end
  end
end

-- A per cent sign stays with its number.
local function kept_with_number(inlines)
  for i = #inlines - 1, 2, -1 do
    local before, sign = inlines[i - 1], inlines[i + 1]
    if inlines[i].t == 'Space' and before.t == 'Str' and before.text:find('%d$')
      and sign.t == 'Str' and sign.text:find('^%%') then
      before.text = before.text .. '\u{a0}' .. sign.text
      inlines:remove(i + 1)
      inlines:remove(i)
    end
  end
  return inlines
end

-- What a Chinese page says in English, such as a reference, is set as English: the marks
-- of quotation that the two share are wide in Chinese type.
local function in_english(block)
  local text = pandoc.utils.stringify(block)
  local _, words = text:gsub('%a%a+', '')
  if words < 4 or is_chinese(text) then
    block.content = block.content:walk({
      Str = function(str) return pandoc.Str((str.text:gsub('(%a)’(%a)', "%1'%2"))) end,
    })
    return block
  end
  if said.kind == 'pdf' then
    block.content:insert(1, pandoc.RawInline('typst', '#english['))
    block.content:insert(pandoc.RawInline('typst', ']'))
  else
    block.content = { pandoc.Span(block.content, { lang = 'en' }) }
  end
  return block
end

-- In Word the front of a handout is text like any other; elsewhere the template sets it.
local function front(question)
  local facts = said.label .. ' · ' .. said.version .. ' · ' .. said.date
  local blocks = part('question', question)
  append(blocks, part('facts', { pandoc.Para({ pandoc.Str(facts) }) }))
  if said.edition == 'student' then
    local text = '<w:r><w:t xml:space="preserve">%s </w:t></w:r><w:r><w:tab/></w:r>'
    local line = '<w:p><w:pPr><w:pStyle w:val="NameLine"/></w:pPr>' .. text .. text .. '</w:p>'
    append(blocks, { pandoc.RawBlock('openxml', line:format(escaped(said.name), escaped(said.day))) })
  end
  return blocks
end

function Pandoc(doc)
  for name, value in pairs(doc.meta.jupyter.handout) do
    said[name] = pandoc.utils.stringify(value)
  end
  local blocks, question = handout(doc.blocks)
  blocks = nested(pandoc.Blocks(blocks)):walk({ Inlines = kept_with_number })
  if pandoc.utils.stringify(doc.meta.lang):find('^zh') then
    local function table_stays(tbl) return tbl, false end
    blocks = blocks:walk({
      traverse = 'topdown', Table = table_stays, Para = in_english, Plain = in_english,
    })
  end
  local meta = { lang = doc.meta.lang, title = pandoc.MetaInlines({ pandoc.Str(said.title) }) }
  if said.kind == 'docx' then return pandoc.Pandoc(append(front(question), blocks), meta) end
  for name, text in pairs(said) do
    meta[name] = pandoc.MetaInlines({ pandoc.Str(text) })
  end
  meta.pagetitle = pandoc.MetaInlines({ pandoc.Str(said.title .. ' · ' .. said.course) })
  meta.question = pandoc.MetaBlocks(question)
  meta[said.edition] = true
  return pandoc.Pandoc(blocks, meta)
end
