/* The constant parts of a page: style and script. No part loads anything: the policy in the head
 * forbids a browser to. */
#include "page.h"

#include "skel/version.h"

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1b1b1b;--paper:#fff;--soft:#595959;--line:#c8c8c8;"
    "--band:#f3f4f6;--link:#0b57a4;--warn:#fff4d6;--warn-line:#9a6700}\n"
    "@media (prefers-color-scheme:dark){:root{--ink:#e6e6e6;--paper:#16181b;--soft:#a9adb3;"
    "--line:#44484e;--band:#212429;--link:#7ab7ff;--warn:#332a10;--warn-line:#d4a72c}\n"
    ".lines svg{filter:invert(.92) hue-rotate(180deg)}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:1rem clamp(.75rem,3vw,2.5rem) 4rem;max-width:80rem;"
    "background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}\n"
    "h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.3rem;margin:2.5rem 0 .5rem;"
    "border-bottom:2px solid var(--line)}h3{font-size:1.05rem;margin:1.75rem 0 .5rem}\n"
    "a{color:var(--link)}p,li{max-width:48rem;overflow-wrap:anywhere}\n"
    ".skip{position:absolute;left:-99rem}.skip:focus{position:static}\n"
    ":focus-visible{outline:3px solid var(--link);outline-offset:2px}\n"
    ".warnings{background:var(--warn);border-left:5px solid var(--warn-line);"
    "padding:.25rem 1rem;margin:1rem 0}.warnings h2{border:0;margin:.5rem 0}\n"
    ".figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,23rem),1fr));"
    "gap:1.5rem;align-items:start}\n"
    "figure{margin:0;min-width:0}figure svg{display:block;width:100%;height:auto;max-width:34rem;"
    "font-family:Helvetica,Arial,sans-serif;background:#fff}\n"
    "figure image{image-rendering:pixelated}\n"
    "figcaption{font-size:.875rem;color:var(--soft);margin-top:.4rem;overflow-wrap:anywhere}\n"
    ".wide{overflow-x:auto;max-width:100%}\n"
    ".more{-webkit-mask-image:linear-gradient(to left,transparent,#000 5rem);"
    "mask-image:linear-gradient(to left,transparent,#000 5rem)}"
    ".more caption::after{content:' \\2192  more columns: scroll to the right';font-weight:600}\n"
    "table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}\n"
    "caption{text-align:left;padding:.25rem 0;color:var(--soft);max-width:48rem}\n"
    "th,td{padding:.2rem .7rem;text-align:right;white-space:nowrap;"
    "border-bottom:1px solid var(--line)}\n"
    ".t{text-align:left}thead th{border-bottom:2px solid var(--line);vertical-align:bottom;"
    "padding:0}tbody th{font-weight:600;white-space:normal;min-width:8rem}tbody "
    "tr:nth-child(even){background:var(--band)}\n"
    "th button{font:inherit;color:inherit;background:none;border:0;width:100%;"
    "padding:.3rem .7rem;text-align:inherit;cursor:pointer;white-space:nowrap}\n"
    "th button::after{content:'\\2195';opacity:.45;margin-left:.35em}\n"
    "th[aria-sort=ascending] button::after{content:'\\25B2';opacity:1}\n"
    "th[aria-sort=descending] button::after{content:'\\25BC';opacity:1}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;font-size:.875rem}\n"
    "dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}\n"
    "summary{cursor:pointer;padding:.3rem 0}.small{font-size:.875rem;color:var(--soft)}\n"
    "@media (max-width:40rem){dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}}\n"
    "@media print{:root{--ink:#000;--paper:#fff;--soft:#333;--line:#999;--band:#fff;--warn:#fff}\n"
    "body{max-width:none;padding:0;font-size:9pt}nav,.skip{display:none}"
    ".lines svg{filter:none}figure,tr,dl{break-inside:avoid}h2,h3,caption{break-after:avoid}"
    ".figures{grid-template-columns:1fr 1fr}.wide{overflow:visible;-webkit-mask-image:none;"
    "mask-image:none}.more caption::after{content:''}thead{display:"
    "table-header-group;break-inside:avoid}figure svg{max-height:20cm}th "
    "button::after{content:''}table{font-size:7pt}th,td{padding:.1rem .3rem}"
    "thead th,th button{white-space:normal}th button{padding:.1rem .3rem}"
    "}\n";

/* A click sorts by a column, a second one turns the order. Cells without a value stay at the end.
 * A table with columns beyond the right edge fades out there, and says so, until it is scrolled.
 * Lists that are closed on the screen are printed. */
static const char script[] =
    "document.addEventListener('click',function(e){\n"
    "var b=e.target.closest('th button');if(!b)return;\n"
    "var h=b.parentNode,t=h.closest('table'),k=h.cellIndex;\n"
    "var up=h.getAttribute('aria-sort')!=='ascending';\n"
    "t.querySelectorAll('th[aria-sort]').forEach(function(o){o.setAttribute('aria-sort','none')});"
    "\n"
    "h.setAttribute('aria-sort',up?'ascending':'descending');\n"
    "var key=function(r){var c=r.cells[k],v=c.getAttribute('data-v');\n"
    "return v===null?c.textContent:v===''?null:+v};\n"
    "var body=t.tBodies[0];\n"
    "Array.from(body.rows).map(function(r,i){return{r:r,v:key(r),i:i}}).sort(function(a,c){\n"
    "if(a.v===null||c.v===null)return(a.v===null)-(c.v===null)||a.i-c.i;\n"
    "var d=typeof a.v==='number'&&typeof c.v==='number'?a.v-c.v:\n"
    "String(a.v).localeCompare(String(c.v),'en',{numeric:true});\n"
    "return(up?d:-d)||a.i-c.i}).forEach(function(x){body.appendChild(x.r)})});\n"
    "function mark(){document.querySelectorAll('.wide').forEach(function(d){\n"
    "d.classList.toggle('more',d.scrollLeft+d.clientWidth+2<d.scrollWidth)})}\n"
    "mark();addEventListener('resize',mark);document.addEventListener('scroll',mark,true);\n"
    "document.addEventListener('toggle',mark,true);\n"
    "addEventListener('beforeprint',function(){document.querySelectorAll('details')"
    ".forEach(function(d){d.open=true})});\n";

void skel_page_text(FILE *file, const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        switch (*c) {
        case '&':
            (void)fputs("&amp;", file);
            break;
        case '<':
            (void)fputs("&lt;", file);
            break;
        case '>':
            (void)fputs("&gt;", file);
            break;
        case '"':
            (void)fputs("&quot;", file);
            break;
        default:
            (void)fputc((unsigned char)*c < 0x20U ? ' ' : *c, file);
        }
    }
}

void skel_page_head(FILE *file, const char *title)
{
    (void)fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n<title>",
                file);
    skel_page_text(file, title);
    (void)fprintf(file,
                  "</title>\n<meta name=\"generator\" content=\"skel %s\">\n<style>\n%s</style>\n"
                  "</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the results</a>\n",
                  skel_version(), style);
}

void skel_page_foot(FILE *file)
{
    (void)fprintf(file, "<script>\n%s</script>\n</body>\n</html>\n", script);
}
