(url) => import(url)
