/** Whether the window is a phone's: menus open downwards then, not beside each other. */
export function narrow(): boolean {
  return matchMedia('(max-width: 700px)').matches
}
